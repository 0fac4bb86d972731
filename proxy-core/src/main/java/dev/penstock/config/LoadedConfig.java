// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.List;

/**
 * A configuration that can be used. Immutable.
 *
 * @param warnings what works and is probably not meant, sorted by place
 * @param hash the first twelve digits of the SHA-256 of the file, by which workers can be compared
 */
public record LoadedConfig(
        PenstockConfig config, EffectiveConfig effective, List<ConfigProblem> warnings, String hash) {
    public LoadedConfig {
        warnings = List.copyOf(warnings);
    }
}
