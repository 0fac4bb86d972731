// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.usagelog;

import dev.penstock.spi.PluginFactory;
import dev.penstock.testkit.PluginContractTest;

final class UsageLogContractTest extends PluginContractTest {
    static final String EXAMPLE = """
        file: usage.jsonl
        max_size: 100MiB
        keep: 5
        prices:
          "example-*": {input: 2.5, output: 10}
        """;

    @Override
    protected PluginFactory<?> factory() {
        return new UsageLogFactory();
    }

    @Override
    protected String exampleConfig() {
        return EXAMPLE;
    }
}
