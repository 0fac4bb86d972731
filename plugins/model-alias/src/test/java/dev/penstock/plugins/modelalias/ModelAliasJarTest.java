// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.modelalias;

import dev.penstock.testkit.PluginJarTest;

final class ModelAliasJarTest extends PluginJarTest {
    @Override
    protected String exampleConfig() {
        return ModelAliasContractTest.EXAMPLE;
    }
}
