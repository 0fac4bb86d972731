// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Where plugins are, and which of them run in which order. Immutable. */
public record PluginsConfig(
        @Doc(value = "Folder with plugin JARs; relative to the installation.", standard = "plugins")
        Path directory,

        @Doc(
                value = "Folder in which each entry of the chain has one of its own for what it keeps; relative to"
                        + " this file.",
                derived = "`plugin-data` beside `plugins.directory`",
                example = "/var/lib/penstock")
        Optional<Path> data,

        @Doc(value = "Refuse to start when a JAR in the folder cannot be loaded.", standard = "true")
        boolean strict,

        @Doc(value = "Time one request hook may take.", standard = "1s")
        Duration hookTimeout,

        @Doc(
                value = "What a failing filter does to its stream: closed ends it, open skips the filter.",
                standard = "closed")
        FailureMode failureMode,

        @Doc(value = "Plugins in order, as a list or as comma-separated ids.", example = "[{id: usage-log}]")
        List<PluginEntry> chain) {
    public PluginsConfig {
        chain = List.copyOf(chain);
    }

    /** The same plugins, from another folder. */
    public PluginsConfig withDirectory(Path folder) {
        return new PluginsConfig(folder, data, strict, hookTimeout, failureMode, chain);
    }

    /** Where plugins keep things across restarts; nobody has made sure that it exists. */
    public Path dataFolder() {
        return data.orElseGet(() -> directory.resolveSibling("plugin-data"));
    }

    public static PluginsConfig defaults() {
        return Defaults.of(PluginsConfig.class);
    }
}
