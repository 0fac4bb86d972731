// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.keyauth;

import dev.penstock.spi.PluginFactory;
import dev.penstock.testkit.HarnessRequest;
import dev.penstock.testkit.PluginContractTest;

final class KeyAuthContractTest extends PluginContractTest {
    static final String EXAMPLE = """
        consumers:
          - name: team-a
            keys: ["sha256:17deecb4fb6ddf81b6dbc0f4d17bb5584f3294bdbffc26829193fd6e8dbbf866"]
            models: ["gpt-4*", small]
        """;

    @Override
    protected PluginFactory<?> factory() {
        return new KeyAuthFactory();
    }

    @Override
    protected String exampleConfig() {
        return EXAMPLE;
    }

    static HarnessRequest exampleRequest() {
        return HarnessRequest.openAiChat("gpt-4o", "Hello").withHeader("authorization", "Bearer example-key-of-team-a");
    }

    @Override
    protected HarnessRequest request() {
        return exampleRequest();
    }
}
