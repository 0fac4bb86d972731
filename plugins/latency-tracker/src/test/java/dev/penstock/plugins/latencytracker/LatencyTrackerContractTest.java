// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.latencytracker;

import dev.penstock.spi.PluginFactory;
import dev.penstock.testkit.PluginContractTest;

final class LatencyTrackerContractTest extends PluginContractTest {
    @Override
    protected PluginFactory<?> factory() {
        return new LatencyTrackerFactory();
    }

    @Override
    protected String exampleConfig() {
        return "slower_by: 1.5\nmin_streams: 50";
    }
}
