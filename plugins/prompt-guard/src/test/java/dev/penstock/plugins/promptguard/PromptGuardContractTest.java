// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.promptguard;

import dev.penstock.spi.PluginFactory;
import dev.penstock.testkit.PluginContractTest;

final class PromptGuardContractTest extends PluginContractTest {
    static final String EXAMPLE = """
        deny:
          injection: "ignore (all )?previous instructions"
          card-number: "\\\\b(\\\\d[ -]?){15}\\\\d\\\\b"
        roles: [user, tool]
        max_chars: 200000
        """;

    @Override
    protected PluginFactory<?> factory() {
        return new PromptGuardFactory();
    }

    @Override
    protected String exampleConfig() {
        return EXAMPLE;
    }
}
