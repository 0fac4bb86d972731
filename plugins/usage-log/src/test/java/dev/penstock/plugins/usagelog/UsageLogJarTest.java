// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.usagelog;

import dev.penstock.testkit.PluginJarTest;

final class UsageLogJarTest extends PluginJarTest {
    @Override
    protected String exampleConfig() {
        return UsageLogContractTest.EXAMPLE;
    }
}
