// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Where plugins are, and which of them run in which order. Immutable. */
public record PluginsConfig(
        @Doc(value = "Folder with plugin JARs; relative to the installation.", standard = "plugins")
        Path directory,

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
        return new PluginsConfig(folder, strict, hookTimeout, failureMode, chain);
    }

    public static PluginsConfig defaults() {
        return Defaults.of(PluginsConfig.class);
    }
}
