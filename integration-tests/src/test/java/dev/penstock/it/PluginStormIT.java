// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.Patience;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.RecordedRequest;
import dev.penstock.testing.Script;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Thousands of streams that end in any way that plugins, clients and upstreams can think of, all at once: afterwards nothing is
 * held, and everything that was opened is finished. Confined to one thread per test.
 */
@Isolated("takes what the machine has")
@Lab(
        value = {"LAB_CAP_CONSUMER=off", "LAB_CAP_ROUTE=off", "LAB_CAP_WORKER=60"},
        plugins = FaultPlugins.class)
final class PluginStormIT {
    private static final int AT_ONCE = 40;

    private static final List<String> ORDERS = List.of(
            "open.runtime",
            "request.reject",
            "request.answer",
            "request.overflow",
            "head.reject",
            "head.sneaky",
            "event.stop",
            "event.farewell",
            "event.drop",
            "event.linkage",
            "later.stop",
            "later.farewell",
            "later.memory",
            "end.farewell",
            "end.runtime",
            "finish.assertion",
            "watch.runtime",
            "start.runtime",
            "observe.sneaky",
            "last.linkage",
            "forget.runtime");

    @Test
    @DisplayName("a storm of a thousand random exits leaves nothing behind")
    void leavesNothingBehind(Laboratory lab) throws Exception {
        storm(lab, 1_000);
    }

    @Test
    @Tag("soak")
    @DisplayName("a storm of five thousand random exits leaves nothing behind")
    void leavesNothingBehindAfterMany(Laboratory lab) throws Exception {
        storm(lab, 5_000);
    }

    private static void storm(Laboratory lab, int count) throws Exception {
        long seed = System.nanoTime();
        lab.play(PluginStormIT::script);
        var left = new AtomicInteger(count);
        lab.atOnce(AT_ONCE, worker -> {
            var random = new Random(seed + worker);
            while (left.getAndDecrement() > 0) {
                stream(lab, random);
            }
            return worker;
        });

        eventually(Patience.seconds(10), () -> {
            new Witnessed(lab).assertBalanced();
            assertThat(new Witnessed(lab).opened()).as("seed %d", seed).isEqualTo(2.0 * count);
        });
    }

    private static Script script(RecordedRequest request) {
        PluginForm form = request.mentions("\"stream\":true") ? PluginForm.STREAM : PluginForm.BODY;
        return ThreadLocalRandom.current().nextInt(4) == 0 ? form.cut() : form.whole();
    }

    private static void stream(Laboratory lab, Random random) throws IOException {
        String mark = random.nextBoolean() ? "closed." : "open.";
        PluginForm form = random.nextBoolean() ? PluginForm.STREAM : PluginForm.BODY;
        try (RawHttpClient client = lab.connect()) {
            client.send(form.request(mark + ORDERS.get(random.nextInt(ORDERS.size()))));
            if (random.nextInt(4) == 0) {
                client.readHead();
                if (random.nextBoolean()) {
                    client.reset();
                }
            } else {
                client.readResponse();
            }
        }
    }
}
