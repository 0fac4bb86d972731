// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testing;

import dev.penstock.spi.SpiVersion;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.tools.DiagnosticCollector;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Makes a plugin's JAR in a test, out of sources or of classes that the test has itself. Confined to the test's thread. */
public final class PluginJar {
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private final Map<String, byte[]> entries = new LinkedHashMap<>();
    private final List<JavaFileObject> sources = new ArrayList<>();

    /** With the manifest of a plugin for this SPI. */
    public static PluginJar of(String id) {
        PluginJar jar = new PluginJar();
        return jar.attribute("Penstock-Plugin-Id", id)
                .attribute("Penstock-Plugin-Version", "1.2.3")
                .attribute("Penstock-Spi-Version", SpiVersion.CURRENT.toString());
    }

    /** A plugin whose factory, {@code test.Factory}, has this source. */
    public static PluginJar withFactory(String id, String source) {
        return of(id).service("test.Factory").source("test.Factory", source);
    }

    /** A whole plugin that counts requests, with a factory {@code test.Factory}. */
    public static PluginJar good(String id) {
        return withFactory(id, factory(id, "record Config(String greeting) {}", ""));
    }

    /** A plugin made of the compiled classes of its factory's package. */
    public static PluginJar compiled(String id, Class<?> factory) throws IOException {
        PluginJar jar = of(id).service(factory.getName());
        String folder = factory.getPackageName().replace('.', '/');
        try (Stream<Path> classes = Files.list(classPathRoot(factory).resolve(folder))) {
            for (Path file :
                    classes.filter(f -> f.toString().endsWith(".class")).toList()) {
                jar.entry(folder + "/" + file.getFileName(), Files.readAllBytes(file));
            }
        }
        return jar;
    }

    private static Path classPathRoot(Class<?> type) throws IOException {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    /** The source of a factory with this id, this configuration record named Config, and more members. */
    public static String factory(String id, String config, String members) {
        return """
            package test;
            import dev.penstock.spi.*;
            import java.util.*;
            import java.time.*;
            public final class Factory implements PluginFactory<Factory.Config> {
                public %s
                public String id() { return "%s"; }
                public Class<Config> configType() { return Config.class; }
                public Set<Hook> hooks() { return Set.of(Hook.REQUEST); }
                public Plugin create(Config config, PluginContext context) throws Exception { return new Made(config, context); }
                %s
                static final class Made implements Plugin {
                    final Config config;
                    final PluginContext context;
                    Made(Config config, PluginContext context) throws Exception {
                        this.config = config;
                        this.context = context;
                        Log.add(context.name() + " " + config);
                    }
                    public Optional<StreamFilter> filter(StreamInfo stream) {
                        return Optional.of(new StreamFilter() {
                            public RequestDecision onRequest(RequestDraft request) {
                                return RequestDecision.reject(418, "made", Helper.text());
                            }
                            public void onFinish(StreamOutcome outcome, StreamSummary summary) {
                                Log.add("finish " + context.name());
                            }
                        });
                    }
                    public void close() { Log.add("close " + context.name()); }
                }
                static final class Helper {
                    static String text() { return "from " + Helper.class.getClassLoader(); }
                }
                static final class Log {
                    static void add(String line) {
                        System.getProperties().merge("penstock.test.log", line, (a, b) -> a + "\\n" + b);
                    }
                }
            }
            """.formatted(config, id, members);
    }

    public PluginJar attribute(String name, String value) {
        attributes.put(name, value);
        return this;
    }

    public PluginJar without(String attribute) {
        attributes.remove(attribute);
        return this;
    }

    public PluginJar service(String factory) {
        return entry("META-INF/services/dev.penstock.spi.PluginFactory", factory.getBytes(StandardCharsets.UTF_8));
    }

    public PluginJar entry(String name, byte[] bytes) {
        entries.put(name, bytes);
        return this;
    }

    public PluginJar source(String className, String text) {
        URI uri = URI.create("string:///" + className.replace('.', '/') + ".java");
        sources.add(new SimpleJavaFileObject(uri, JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return text;
            }
        });
        return this;
    }

    /** Compiles now, so that entries can be changed. */
    public PluginJar compiled() throws IOException {
        if (!sources.isEmpty()) {
            compile();
            sources.clear();
        }
        return this;
    }

    /** Pretends that every class was compiled for another Java. */
    public PluginJar forJava(int version) throws IOException {
        compiled();
        entries.forEach((name, bytes) -> {
            if (name.endsWith(".class")) {
                bytes[6] = (byte) ((version + 44) >> 8);
                bytes[7] = (byte) (version + 44);
            }
        });
        return this;
    }

    public PluginJar leaveOut(String entry) throws IOException {
        compiled();
        entries.remove(entry);
        return this;
    }

    public byte[] bytes() throws IOException {
        compiled();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.forEach((name, value) -> manifest.getMainAttributes().putValue(name, value));
        try (JarOutputStream jar = new JarOutputStream(out, manifest)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                jar.putNextEntry(new ZipEntry(entry.getKey()));
                jar.write(entry.getValue());
            }
        }
        return out.toByteArray();
    }

    public Path write(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        return Files.write(file, bytes());
    }

    private void compile() throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        try (StandardJavaFileManager standard = compiler.getStandardFileManager(problems, null, null);
                JavaFileManager memory = new Memory(standard, entries)) {
            String spi = classPathRoot(SpiVersion.class).toString(); // however this JVM was told where it is
            String classPath = spi + File.pathSeparator + System.getProperty("java.class.path");
            List<String> options = List.of("-classpath", classPath, "-proc:none");
            if (!compiler.getTask(null, memory, problems, options, null, sources)
                    .call()) {
                throw new AssertionError(problems.getDiagnostics().toString());
            }
        }
    }

    /** Keeps what the compiler writes. */
    private static final class Memory extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, byte[]> written;

        Memory(JavaFileManager above, Map<String, byte[]> written) {
            super(above);
            this.written = written;
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, javax.tools.FileObject sibling) {
            String name = className.replace('.', '/') + kind.extension;
            return new SimpleJavaFileObject(URI.create("memory:///" + name), kind) {
                @Override
                public OutputStream openOutputStream() {
                    return new ByteArrayOutputStream() {
                        @Override
                        public void close() {
                            written.put(name, toByteArray());
                        }
                    };
                }
            };
        }
    }
}
