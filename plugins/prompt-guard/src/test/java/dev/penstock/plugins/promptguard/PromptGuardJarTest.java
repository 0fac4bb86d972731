// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.promptguard;

import dev.penstock.testkit.PluginJarTest;

final class PromptGuardJarTest extends PluginJarTest {
    @Override
    protected String exampleConfig() {
        return PromptGuardContractTest.EXAMPLE;
    }
}
