// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import dev.penstock.spi.PluginFactory;
import dev.penstock.spi.SpiVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/**
 * Reads a folder of plugins: {@code *.jar} is a plugin each, a folder with JARs is one plugin with its libraries. Sorted by
 * name, no deeper. What is not a plugin is named with its reason, all of them at once; notes ({@code *.md}) are nobody's
 * business.
 *
 * <p>Confined to the thread that loads.
 */
final class PluginDirectory {
    private final Path directory;
    private final JarCopies copies;
    private final SpiVersion host;
    private final List<LoadedPlugin> loaded = new ArrayList<>();
    private final List<Refused> refused = new ArrayList<>();
    private final List<Refused> warnings = new ArrayList<>();
    private final List<Refused> strangers = new ArrayList<>();

    PluginDirectory(Path directory, JarCopies copies, SpiVersion host) {
        this.directory = directory;
        this.copies = copies;
        this.host = host;
    }

    /** A file, and what is to be said about it. */
    record Refused(Path file, String reason) {}

    /** Loads what is there. */
    PluginDirectory load() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            files.filter(file -> !file.getFileName().toString().startsWith("."))
                    .sorted(Comparator.comparing(file -> file.getFileName().toString()))
                    .forEach(this::candidate);
        }
        refuseTwins();
        return this;
    }

    List<LoadedPlugin> loaded() {
        return List.copyOf(loaded);
    }

    /** What should have been a plugin and is not. */
    List<Refused> refused() {
        return List.copyOf(refused);
    }

    /** What does no harm, but should be known. */
    List<Refused> warnings() {
        return List.copyOf(warnings);
    }

    /** What has nothing to do with plugins, and is in their directory. */
    List<Refused> strangers() {
        return List.copyOf(strangers);
    }

    private void candidate(Path file) {
        try {
            if (Files.isDirectory(file)) {
                folder(file);
            } else if (isJar(file)) {
                load(file, List.of(file));
            } else if (!file.getFileName().toString().endsWith(".md")) {
                strangers.add(new Refused(file, "is not a JAR, and is ignored"));
            }
        } catch (JarProblem e) {
            refused.add(new Refused(file, e.reason()));
        } catch (IOException e) {
            refused.add(new Refused(file, "cannot be read (" + e + ")"));
        }
    }

    private void folder(Path folder) throws IOException, JarProblem {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> jars = files.filter(PluginDirectory::isJar).sorted().toList();
            if (jars.isEmpty()) {
                strangers.add(new Refused(folder, "has no JAR in it, and is ignored"));
            } else {
                load(folder, jars);
            }
        }
    }

    private static boolean isJar(Path file) {
        return file.getFileName().toString().endsWith(".jar") && !Files.isDirectory(file);
    }

    private void load(Path file, List<Path> jars) throws JarProblem {
        JarInspection.Inspected inspected = new JarInspection(copies, host).inspect(jars);
        inspected.warnings().forEach(warning -> warnings.add(new Refused(file, warning)));
        var loader = new PluginClassLoader(
                file.getFileName().toString(), inspected.urls(), PluginDirectory.class.getClassLoader());
        try {
            loaded.add(ask(file, inspected.manifest(), loader));
        } catch (JarProblem e) {
            close(loader);
            throw e;
        }
    }

    private LoadedPlugin ask(Path file, PluginManifest manifest, PluginClassLoader loader) throws JarProblem {
        String name = directory.relativize(file).toString();
        var result = Patience.run(
                loader.toString(),
                loader,
                Patience.LIMIT,
                () -> LoadedPlugin.of(manifest, name, factory(loader), Optional.of(loader)));
        return switch (result) {
            case Patience.Result.Returned<LoadedPlugin> returned -> returned.value();
            case Patience.Result.Late<LoadedPlugin> ignored ->
                throw new JarProblem("its factory did not return within " + Patience.LIMIT.toSeconds() + " s");
            case Patience.Result.Threw<LoadedPlugin> threw -> throw explained(threw.cause());
        };
    }

    private static PluginFactory<?> factory(PluginClassLoader loader) throws JarProblem {
        List<PluginFactory<?>> factories = new ArrayList<>();
        for (PluginFactory<?> factory : ServiceLoader.load(PluginFactory.class, loader)) {
            if (loader.equals(factory.getClass().getClassLoader())) {
                factories.add(factory);
            }
        }
        if (factories.size() != 1) {
            throw new JarProblem(
                    JarInspection.SERVICES + " names " + factories.size() + " factories, and must name exactly one");
        }
        return factories.getFirst();
    }

    private static JarProblem explained(Throwable thrown) {
        return switch (thrown) {
            case JarProblem problem -> problem;
            case ServiceConfigurationError e -> explained(e);
            case LinkageError e -> new JarProblem("lacks a class, or has a wrong version of one: " + e);
            default -> new JarProblem("its factory threw " + thrown);
        };
    }

    private static JarProblem explained(ServiceConfigurationError e) {
        Throwable cause = e.getCause();
        String what = String.valueOf(e.getMessage()).replace("dev.penstock.spi.PluginFactory: ", "");
        if (cause == null) {
            return new JarProblem(JarInspection.SERVICES + ": " + what);
        }
        Throwable root = cause.getCause() == null ? cause : cause.getCause();
        return new JarProblem("its factory cannot be made: " + what + ": " + root);
    }

    /** Of two plugins with one id none can be meant. */
    private void refuseTwins() {
        for (LoadedPlugin plugin : List.copyOf(loaded)) {
            List<String> twins = loaded.stream()
                    .filter(other -> other.id().equals(plugin.id()) && !other.equals(plugin))
                    .map(LoadedPlugin::file)
                    .toList();
            if (!twins.isEmpty()) {
                refused.add(new Refused(
                        directory.resolve(plugin.file()),
                        "has the same plugin id " + plugin.id() + " as " + String.join(", ", twins)));
            }
        }
        List<Path> bad = refused.stream().map(Refused::file).toList();
        loaded.stream()
                .filter(plugin -> bad.contains(directory.resolve(plugin.file())))
                .forEach(plugin -> plugin.loader().ifPresent(PluginDirectory::close));
        loaded.removeIf(plugin -> bad.contains(directory.resolve(plugin.file())));
    }

    private static void close(PluginClassLoader loader) {
        try {
            loader.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
