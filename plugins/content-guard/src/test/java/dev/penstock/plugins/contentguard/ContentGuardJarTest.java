// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.contentguard;

import dev.penstock.testkit.PluginJarTest;

final class ContentGuardJarTest extends PluginJarTest {
    @Override
    protected String exampleConfig() {
        return """
            patterns: {codename: "project\\\\s+nightfall", card-number: "\\\\b(\\\\d{4}[ -]?){3}\\\\d{4}\\\\b"}
            farewell: "This answer was stopped by policy."
            hold: {time: 500ms, bytes: 64KiB}
            """;
    }
}
