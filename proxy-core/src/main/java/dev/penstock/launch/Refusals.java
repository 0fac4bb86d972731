// SPDX-License-Identifier: Apache-2.0
package dev.penstock.launch;

import dev.penstock.config.ConfigException;
import dev.penstock.config.ConfigProblems;
import dev.penstock.config.Origin;

/** Reasons of this room for refusing a configuration. Immutable: without state. */
final class Refusals {
    private Refusals() {}

    static ConfigException of(Origin origin, String path, String message) {
        ConfigProblems problems = new ConfigProblems();
        problems.error(origin, path, message);
        return thrownBy(problems);
    }

    private static ConfigException thrownBy(ConfigProblems problems) {
        try {
            problems.throwIfAny();
        } catch (ConfigException e) {
            return e;
        }
        throw new IllegalStateException("a problem and no exception");
    }
}
