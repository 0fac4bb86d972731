// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testkit;

import dev.penstock.spi.PluginFactory;

final class CountContractTest extends PluginContractTest {
    @Override
    protected PluginFactory<?> factory() {
        return new CountFactory();
    }

    @Override
    protected String exampleConfig() {
        return "";
    }
}
