// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.Script;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Group H: who gets the traffic. Confined to one thread per test. */
final class BalancingIT {
    private static final int STREAMS = 300;
    private static final int AT_ONCE = 30;

    private static final Map<String, String> VARIABLES =
            Map.of("LAB_CAP_CONSUMER", "off", "LAB_CAP_ROUTE", "off", "LAB_IDLE", "60s", "LAB_TOTAL", "60s");

    @TempDir
    private Path folder;

    @Test
    @DisplayName(
            "H01 splits evenly, avoids a slow instance, follows weights, and lets an instance without weight finish")
    void splitsTheTraffic() throws Exception {
        LabFile file = LabFile.in(folder).weights(1, 1, 1);
        try (var lab = Laboratory.open(file.path(), VARIABLES)) {
            assertThat(Shares.of(lab, STREAMS, AT_ONCE))
                    .allSatisfy(share -> assertThat(share).isBetween(80L, 120L));

            slow(lab, 1, 50);
            slow(lab, 2, 10);
            slow(lab, 3, 10);
            file.balancer("least_streams").reload(lab);
            assertThat(Shares.of(lab, STREAMS, AT_ONCE).getFirst()).isLessThan(STREAMS / 5);

            lab.begin();
            followsWeights(lab, file);
            lab.check(true);
        }
    }

    private static void followsWeights(Laboratory lab, LabFile file) throws Exception {
        var gate = new CountDownLatch(1);
        lab.play(
                3,
                request -> Script.sse()
                        .event(ProviderEvents.chatDelta("begun"))
                        .gate(gate)
                        .event(ProviderEvents.chatDone())
                        .end());
        file.balancer("round_robin").weights(0, 0, 1).reload(lab);
        try (RawHttpClient live = lab.connect()) {
            live.send(Calls.chat()).readEventsAfterHead(1);
            file.weights(4, 1, 0).reload(lab);

            assertThat(Shares.of(lab, STREAMS, AT_ONCE)).isEqualTo(List.of(240L, 60L, 0L));
            gate.countDown();
            assertThat(live.readRest().end().isClean()).isTrue();
        }
    }

    private static void slow(Laboratory lab, int upstream, int millis) {
        Script script = Script.stream(ProviderEvents.chat(3), Duration.ofMillis(millis));
        lab.play(upstream, request -> script);
    }
}
