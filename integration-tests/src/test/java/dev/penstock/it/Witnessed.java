// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.Metrics;
import dev.penstock.testing.Patience;

/** What the witness plugin has seen in the running test. Immutable. */
record Witnessed(Laboratory lab) {
    /** Both its objects were opened once per stream, finished once with this kind, and no other stream was there. */
    void assertFinished(String kind, long streams, boolean last) {
        eventually(Patience.seconds(5), () -> {
            assertThat(growth("finished_total", "kind", kind))
                    .as("finished as %s", kind)
                    .isEqualTo(2.0 * streams);
            assertBalanced();
            assertThat(growth("opened_total")).as("opened").isEqualTo(2.0 * streams);
            assertThat(growth("last_total")).as("last calls").isEqualTo(last ? streams : 0.0);
        });
    }

    /** Whatever was opened is finished, and every promise was kept. */
    void assertBalanced() {
        for (String object : new String[] {"filter", "observer"}) {
            assertThat(growth("finished_total", "object", object))
                    .as("finished of each %s that was opened", object)
                    .isEqualTo(growth("opened_total", "object", object));
        }
        assertThat(growth("broken_total")).as("broken promises").isZero();
    }

    double opened() {
        return growth("opened_total");
    }

    private double growth(String name, String... labels) {
        Metrics before = lab.before();
        String full = "plugin_witness_" + name;
        return lab.proxy().metrics().sum(full, labels) - before.sum(full, labels);
    }
}
