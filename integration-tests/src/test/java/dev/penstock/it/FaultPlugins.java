// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import dev.penstock.it.faults.FaultFactory;
import dev.penstock.it.faults.WitnessFactory;
import dev.penstock.testing.PluginJar;
import java.io.IOException;
import java.nio.file.Path;

/** A witness, and two entries that misbehave on demand: one fails closed, one open. Immutable. */
final class FaultPlugins implements LabPlugins {
    @Override
    public void place(Path directory) throws IOException {
        PluginJar.compiled("fault", FaultFactory.class).write(directory.resolve("fault.jar"));
        PluginJar.compiled("witness", WitnessFactory.class).write(directory.resolve("witness.jar"));
    }

    @Override
    public String chain() {
        return """
            - id: witness
            - {id: fault, name: closed, on_error: closed, config: {mark: closed}}
            - {id: fault, name: open, on_error: open, config: {mark: open}}
            """;
    }
}
