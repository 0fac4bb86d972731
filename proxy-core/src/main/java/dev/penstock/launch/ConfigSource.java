// SPDX-License-Identifier: Apache-2.0
package dev.penstock.launch;

import dev.penstock.config.ConfigException;
import dev.penstock.config.LoadedConfig;
import dev.penstock.config.Origin;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** Where a worker's configuration comes from, again and again. Thread-safe: as its implementations say. */
public interface ConfigSource {
    /** Reads everything anew, with what it refers to. Throws a {@link ConfigException} with all that is wrong. */
    LoadedConfig load();

    /** Why nothing but the first load is possible, if that is so. */
    Optional<ConfigException> readOnce();

    /** Stands for all that a load would read now: equal as long as nothing has changed. */
    String fingerprint();

    /** The fingerprint of what the last load has read, whether or not that could be used. */
    String loadedFingerprint();

    /** The files that a load reads; empty if there are none to watch. */
    Set<Path> files();

    /** A configuration that came from nowhere and never changes. */
    static ConfigSource none() {
        return new ConfigSource() {
            @Override
            public LoadedConfig load() {
                throw Refusals.of(new Origin.Outside("reload"), "", "this proxy was not started from a file");
            }

            @Override
            public Optional<ConfigException> readOnce() {
                return Optional.empty();
            }

            @Override
            public String fingerprint() {
                return "";
            }

            @Override
            public String loadedFingerprint() {
                return "";
            }

            @Override
            public Set<Path> files() {
                return Set.of();
            }
        };
    }
}
