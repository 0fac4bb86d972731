// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.List;

/** Scalars that stand for a whole section. Immutable. */
final class Shorthands {
    private Shorthands() {}

    /** The section that a scalar stands for; path and place stay those of the scalar, which is what the user wrote. */
    static ConfigNode.Mapping unfold(ConfigNode.Scalar scalar, String key) {
        return new ConfigNode.Mapping(
                scalar.path(), scalar.origin(), List.of(new ConfigNode.Entry(key, scalar.origin(), scalar)));
    }
}
