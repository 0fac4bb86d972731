// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.Plugin;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The author's guide: each of its Java blocks compiles as it stands there, and the one that shows a test is run. */
final class ReadmeTest {
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```java\n(.*?)^```$");
    private static final Pattern TYPE = Pattern.compile("(?m)^(?:public )?(?:final |abstract )*class (\\w+)");
    private static final String IMPORTS = """
        import dev.penstock.spi.*;
        import dev.penstock.testkit.*;
        import hello.HelloFactory;
        import java.time.Duration;
        import static org.assertj.core.api.Assertions.assertThat;
        """;

    /** What stands around a block of the guide, found by how the block begins. Immutable. */
    private record Surroundings(String begins, String before, String after) {}

    private static final List<Surroundings> FRAGMENTS = List.of(
            new Surroundings("final class", IMPORTS, ""),
            new Surroundings("public HoldBack", IMPORTS + """
                abstract class Holding implements StreamFilter {
                    private final StringBuilder text = new StringBuilder();
                    private final String apology = "Sorry.";
                    abstract boolean atSentenceEnd();
                    abstract boolean isClean(CharSequence said);
                """, "}"),
            new Surroundings("public LastResult", IMPORTS + """
                abstract class LastWord implements StreamObserver {
                    abstract double cost(StreamSummary summary);
                """, "}"),
            new Surroundings(
                    "try (var harness",
                    IMPORTS + "public class Shown implements java.util.concurrent.Callable<Boolean> {\n"
                            + "public Boolean call() throws Exception {\n",
                    "return true; } }"));

    @TempDir
    private Path folder;

    private static List<String> blocks() throws IOException {
        Path guide = Stream.of("../../proxy-spi/README.md", "proxy-spi/README.md")
                .map(Path::of)
                .filter(Files::exists)
                .findFirst()
                .orElseThrow();
        return BLOCK.matcher(Files.readString(guide))
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    private static String source(String block) {
        if (block.startsWith("package ")) {
            return block;
        }
        Surroundings around = FRAGMENTS.stream()
                .filter(fragment -> block.startsWith(fragment.begins()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing is known to stand around this block:\n" + block));
        return around.before() + block + around.after();
    }

    private Path write(String source) throws IOException {
        var type = TYPE.matcher(source);
        assertThat(type.find()).as("a type in %s", source).isTrue();
        return Files.writeString(folder.resolve(type.group(1) + ".java"), source, UTF_8);
    }

    @Test
    void everyBlockCompilesAndTheTestThatItShowsPasses() throws Exception {
        Map<String, Path> sources = new LinkedHashMap<>();
        for (String block : blocks()) {
            sources.put(block, write(source(block)));
        }
        assertThat(sources).hasSizeGreaterThanOrEqualTo(5);

        compile(new ArrayList<>(sources.values()));

        try (var loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            Object shown = loader.loadClass("Shown").getConstructor().newInstance();
            assertThat(((Callable<?>) shown).call()).isEqualTo(true);
        }
    }

    private void compile(List<Path> sources) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        var problems = new DiagnosticCollector<JavaFileObject>();
        String classPath = Stream.<Class<?>>of(Plugin.class, PluginHarness.class, Assertions.class)
                .map(ReadmeTest::place)
                .collect(Collectors.joining(File.pathSeparator));
        try (StandardJavaFileManager files = compiler.getStandardFileManager(problems, null, UTF_8)) {
            List<String> options = List.of(
                    "-classpath", classPath, "-proc:none", "-d", folder.toString(), "-Xlint:all,-path", "-Werror");
            boolean compiled = compiler.getTask(
                            null, files, problems, options, null, files.getJavaFileObjectsFromPaths(sources))
                    .call();
            assertThat(compiled).as("%s", problems.getDiagnostics()).isTrue();
        }
    }

    /** Where a class was loaded from. */
    private static String place(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
