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

    /** What the stream of the quiescence check sends as its key; empty text where none is needed. */
    default String probeKey() {
        return "";
    }

    /** These plugins. */
    static LabPlugins of(Class<? extends LabPlugins> type) {
        try {
            return type.getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(type + " cannot be made", e);
        }
    }

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
