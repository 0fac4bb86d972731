// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.keyauth;

import dev.penstock.testkit.HarnessRequest;
import dev.penstock.testkit.PluginJarTest;

final class KeyAuthJarTest extends PluginJarTest {
    @Override
    protected String exampleConfig() {
        return KeyAuthContractTest.EXAMPLE;
    }

    @Override
    protected HarnessRequest request() {
        return KeyAuthContractTest.exampleRequest();
    }
}
