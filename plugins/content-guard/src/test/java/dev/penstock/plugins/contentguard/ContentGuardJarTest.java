// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.contentguard;

import dev.penstock.testkit.PluginJarTest;

final class ContentGuardJarTest extends PluginJarTest {
    @Override
    protected String exampleConfig() {
        return ContentGuardContractTest.EXAMPLE;
    }
}
