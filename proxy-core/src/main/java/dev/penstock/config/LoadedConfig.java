// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.List;

/**
 * A configuration that can be used. Immutable.
 *
 * @param warnings what works and is probably not meant, sorted by place
 */
public record LoadedConfig(PenstockConfig config, EffectiveConfig effective, List<ConfigProblem> warnings) {
    public LoadedConfig {
        warnings = List.copyOf(warnings);
    }
}
