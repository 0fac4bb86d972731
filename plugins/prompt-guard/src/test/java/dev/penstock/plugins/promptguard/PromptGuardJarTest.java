// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.promptguard;

import dev.penstock.testkit.PluginJarTest;

final class PromptGuardJarTest extends PluginJarTest {
    @Override
    protected String exampleConfig() {
        return """
            deny:
              injection: "ignore (all )?previous instructions"
              card-number: "\\\\b(\\\\d[ -]?){15}\\\\d\\\\b"
            roles: [user, tool]
            max_chars: 200000
            """;
    }
}
