// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.modelalias;

import dev.penstock.spi.PluginFactory;
import dev.penstock.testkit.PluginContractTest;

final class ModelAliasContractTest extends PluginContractTest {
    static final String EXAMPLE = """
        aliases: {fast: qwen3-8b, "openai/*": "*"}
        deny: {"gpt-3*": "it was retired; use fast"}
        others: pass
        """;

    @Override
    protected PluginFactory<?> factory() {
        return new ModelAliasFactory();
    }

    @Override
    protected String exampleConfig() {
        return EXAMPLE;
    }
}
