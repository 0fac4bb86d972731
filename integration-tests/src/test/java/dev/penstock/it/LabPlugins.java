// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import java.io.IOException;
import java.nio.file.Path;

/** The plugins of a laboratory: JARs in a directory and a chain. Implementations have no state and a constructor without parameters. */
interface LabPlugins {
    /** Puts the JARs there. */
    void place(Path directory) throws IOException;

    /** The entries of {@code plugins.chain}, as YAML without indentation. */
    String chain();

    /** The chain of the lab configuration, which is empty unless a variable says otherwise. Immutable. */
    final class None implements LabPlugins {
        @Override
        public void place(Path directory) {}

        @Override
        public String chain() {
            return "";
        }
    }
}
