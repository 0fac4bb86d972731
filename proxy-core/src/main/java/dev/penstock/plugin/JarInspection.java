// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import dev.penstock.spi.SpiVersion;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipException;

/**
 * Everything that can be said about a plugin's JAR, or its JAR and the libraries beside it, before a class of it is loaded.
 *
 * <p>Confined to the thread that loads.
 */
final class JarInspection {
    static final String SERVICES = "META-INF/services/dev.penstock.spi.PluginFactory";
    private static final String VERSIONED = "META-INF/versions/";
    private static final byte[] ZIP = {'P', 'K'};

    private final JarCopies copies;
    private final SpiVersion host;
    private final ClassScan scan = new ClassScan();
    private final List<URL> urls = new ArrayList<>();
    private final List<PluginManifest> manifests = new ArrayList<>();
    private boolean serves;

    JarInspection(JarCopies copies, SpiVersion host) {
        this.copies = copies;
        this.host = host;
    }

    /** What passes for a plugin. */
    record Inspected(PluginManifest manifest, List<URL> urls, List<String> warnings) {}

    /** The JARs of one plugin; where there are several, one has the manifest attributes. */
    Inspected inspect(List<Path> jars) throws JarProblem {
        for (Path jar : jars) {
            try {
                inspect(jar, jars.size() > 1);
            } catch (JarProblem e) {
                throw jars.size() > 1 ? new JarProblem(jar.getFileName() + " " + e.reason()) : e;
            }
        }
        if (manifests.isEmpty()) {
            throw new JarProblem("has no JAR with the manifest attribute Penstock-Plugin-Id");
        }
        if (manifests.size() > 1) {
            throw new JarProblem("has more than one plugin in a folder: give each a folder of its own");
        }
        if (!serves) {
            throw new JarProblem("has no " + SERVICES + ", so no plugin can be found in it");
        }
        return new Inspected(manifests.getFirst(), List.copyOf(urls), scan.warnings());
    }

    private void inspect(Path jar, boolean maybeLibrary) throws JarProblem {
        Path copy = copy(jar);
        try (JarFile file = new JarFile(copy.toFile(), false)) {
            readManifest(file, maybeLibrary);
            for (JarEntry entry : file.stream().toList()) {
                inspect(file, entry);
            }
            urls.add(copy.toUri().toURL());
        } catch (ZipException e) {
            throw new JarProblem("is damaged or truncated (" + e.getMessage() + ")");
        } catch (IOException e) {
            throw new JarProblem("cannot be read (" + e.getMessage() + ")");
        }
    }

    private Path copy(Path jar) throws JarProblem {
        try {
            if (Files.size(jar) == 0) {
                throw new JarProblem("is empty (0 bytes)");
            }
            Path copy = copies.copy(jar);
            requireZip(copy);
            return copy;
        } catch (AccessDeniedException e) {
            throw new JarProblem("cannot be read: permission denied");
        } catch (IOException e) {
            throw new JarProblem("cannot be read (" + e + ")");
        }
    }

    private static void requireZip(Path copy) throws IOException, JarProblem {
        try (InputStream in = Files.newInputStream(copy)) {
            byte[] start = in.readNBytes(ZIP.length);
            if (start.length < ZIP.length || start[0] != ZIP[0] || start[1] != ZIP[1]) {
                throw new JarProblem("is not a JAR");
            }
        }
    }

    private void readManifest(JarFile file, boolean maybeLibrary) throws IOException, JarProblem {
        Manifest manifest = file.getManifest();
        if (manifest == null) {
            if (!maybeLibrary) {
                throw new JarProblem("has no manifest");
            }
        } else if (!maybeLibrary || PluginManifest.claims(manifest)) {
            manifests.add(PluginManifest.read(manifest, host));
        }
    }

    private void inspect(JarFile file, JarEntry entry) throws IOException, JarProblem {
        String name = entry.getName();
        if (PluginClassLoader.isShared(name) && !entry.isDirectory()) {
            throw new JarProblem("contains " + name + ": build against proxy-spi and slf4j with scope provided");
        }
        if (entry.isDirectory()) {
            return;
        }
        try (InputStream in = file.getInputStream(entry)) {
            byte[] bytes = in.readAllBytes(); // checks the entry's sum, too
            serves |= name.equals(SERVICES) && bytes.length > 0;
            if (name.endsWith(".class") && !name.startsWith(VERSIONED)) {
                scan.look(name, bytes);
            }
        }
    }
}
