// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.contentguard;

import dev.penstock.spi.PluginFactory;
import dev.penstock.testkit.PluginContractTest;

final class ContentGuardContractTest extends PluginContractTest {
    static final String EXAMPLE = """
        patterns: {codename: "project\\\\s+nightfall", card-number: "\\\\b(\\\\d{4}[ -]?){3}\\\\d{4}\\\\b"}
        farewell: "This answer was stopped by policy."
        hold: {time: 500ms, bytes: 64KiB}
        """;

    @Override
    protected PluginFactory<?> factory() {
        return new ContentGuardFactory();
    }

    @Override
    protected String exampleConfig() {
        return EXAMPLE;
    }
}
