// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.usagelog;

import dev.penstock.testkit.PluginJarTest;

final class UsageLogJarTest extends PluginJarTest {
    @Override
    protected String exampleConfig() {
        return """
            file: usage.jsonl
            max_size: 100MiB
            keep: 5
            prices:
              "example-*": {input: 2.5, output: 10}
            """;
    }
}
