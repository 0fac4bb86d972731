// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.latencytracker;

import dev.penstock.testkit.PluginJarTest;

final class LatencyTrackerJarTest extends PluginJarTest {
    @Override
    protected String exampleConfig() {
        return "slower_by: 1.5\nmin_streams: 50";
    }
}
