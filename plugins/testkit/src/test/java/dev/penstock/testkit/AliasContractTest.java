// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testkit;

import dev.penstock.spi.PluginFactory;

final class AliasContractTest extends PluginContractTest {
    @Override
    protected PluginFactory<?> factory() {
        return new AliasFactory();
    }

    @Override
    protected String exampleConfig() {
        return "aliases: {fast: small}";
    }
}
