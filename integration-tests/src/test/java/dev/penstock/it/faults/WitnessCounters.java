// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it.faults;

import dev.penstock.spi.PluginMetrics;
import dev.penstock.spi.StreamOutcome;

/** What is counted over all streams. Thread-safe: counters are. */
final class WitnessCounters {
    private final PluginMetrics.Counter opened;
    private final PluginMetrics.Counter last;
    private final PluginMetrics.Counter finished;
    private final PluginMetrics.Counter broken;

    WitnessCounters(PluginMetrics metrics) {
        this.opened = metrics.counter("opened_total", "Objects opened.", "object");
        this.last = metrics.counter("last_total", "Last calls.");
        this.finished = metrics.counter("finished_total", "Objects finished.", "object", "kind");
        this.broken = metrics.counter("broken_total", "Promises of the contract that were broken.", "promise");
    }

    Witness opened(String object) {
        opened.add(1, object);
        return new Witness(object);
    }

    /** One opened object. Confined like the object: no two calls at once. */
    final class Witness {
        private final String object;
        private boolean sawLast;
        private boolean sawFinish;

        private Witness(String object) {
            this.object = object;
        }

        void called() {
            if (sawFinish || sawLast) {
                broken.add(1, object + "_called_late");
            }
        }

        void last() {
            called();
            sawLast = true;
            last.add(1);
        }

        void finished(StreamOutcome outcome) {
            if (sawFinish) {
                broken.add(1, object + "_finished_twice");
            }
            sawFinish = true;
            finished.add(1, object, outcome.kind().label());
        }
    }
}
