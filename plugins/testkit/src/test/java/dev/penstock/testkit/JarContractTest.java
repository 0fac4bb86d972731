// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testkit;

import dev.penstock.spi.SpiVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.io.TempDir;

/** The JAR test, run on a JAR that is packed here. */
final class JarContractTest extends PluginJarTest {
    @TempDir
    private static Path folder;

    @Override
    protected String exampleConfig() {
        return "";
    }

    @Override
    protected Path jar() {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Penstock-Plugin-Id", "count");
        main.putValue("Penstock-Plugin-Version", "1.0.0");
        main.putValue("Penstock-Spi-Version", SpiVersion.CURRENT.toString());
        Path jar = folder.resolve("count.jar");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest)) {
            for (String name : new String[] {"", "$Config", "$1", "$CountObserver"}) {
                add(out, CountFactory.class.getName().replace('.', '/') + name + ".class");
            }
            out.putNextEntry(new JarEntry("META-INF/services/dev.penstock.spi.PluginFactory"));
            out.write(CountFactory.class.getName().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return jar;
    }

    private static void add(JarOutputStream out, String name) throws IOException {
        out.putNextEntry(new JarEntry(name));
        try (InputStream in = CountFactory.class.getClassLoader().getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("no class file " + name);
            }
            in.transferTo(out);
        }
    }
}
