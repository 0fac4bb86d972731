// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.Patience;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.Response;
import dev.penstock.testing.Script;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clocks that run before a model server is asked are each route's own too. Confined to one thread per test. */
final class RouteClocksIT {
    @TempDir
    private Path folder;

    private LabFile withRoutes(String... routes) throws IOException {
        return LabFile.in(folder).replace("\nroutes:\n", "\nroutes:\n  - " + String.join("\n  - ", routes) + "\n");
    }

    @Test
    @DisplayName("T08 each route lets its requests wait for as long as it says, or else as long as the worker says")
    void waitsForAsLongAsTheRouteSays() throws Exception {
        LabFile file = withRoutes(
                "{name: hasty, match: {model: hasty}, cluster: lab, max_streams: 1, max_wait: 300ms}",
                "{name: patient, match: {model: patient}, cluster: lab, max_streams: 1, max_wait: 3s}",
                "{name: plain, match: {model: plain}, cluster: lab, max_streams: 1}");
        var variables =
                Map.of("LAB_QUEUE_WAIT", "1s", "LAB_FIRST_BYTE", "60s", "LAB_TOTAL", "60s", "LAB_CAP_CONSUMER", "off");
        try (var lab = Laboratory.open(file.path(), variables)) {
            lab.play(Script.script().silence());
            List<RawHttpClient> holders = hold(lab, "hasty", "patient", "plain");

            List<Response> refused = lab.atOnce(
                    3,
                    i -> lab.call(
                            Calls.chat(List.of("hasty", "patient", "plain").get(i))));

            assertWaited(refused.get(0), Duration.ofMillis(300));
            assertWaited(refused.get(1), Duration.ofSeconds(3));
            assertWaited(refused.get(2), Duration.ofSeconds(1));
            lab.assertRefusals(Map.of("queue_timeout", 3L));
            reloads(lab, file);
            for (RawHttpClient holder : holders) {
                holder.reset();
            }
            lab.check(true);
        }
    }

    private static void reloads(Laboratory lab, LabFile file) throws IOException {
        try (var waiting = lab.connect()) {
            waiting.send(Calls.chat("patient"));
            eventually(
                    Patience.seconds(5),
                    () -> assertThat(lab.proxy().metrics().sum("penstock_queue_depth"))
                            .isEqualTo(1));
            file.replace("max_wait: 300ms", "max_wait: 1500ms")
                    .replace("max_wait: 3s", "max_wait: 100ms")
                    .reload(lab);

            assertWaited(lab.call(Calls.chat("patient")), Duration.ofMillis(100));
            assertWaited(lab.call(Calls.chat("hasty")), Duration.ofMillis(1500));
            assertWaited(lab.noticed(waiting.readResponse()), Duration.ofSeconds(3));
        }
    }

    private static List<RawHttpClient> hold(Laboratory lab, String... models) throws IOException {
        var holders = new ArrayList<RawHttpClient>();
        for (String model : models) {
            var holder = lab.connect();
            holder.send(Calls.chat(model));
            holders.add(holder);
        }
        eventually(
                Patience.seconds(5),
                () -> assertThat(lab.proxy().metrics().sum("penstock_streams_active"))
                        .isEqualTo(models.length));
        return holders;
    }

    private static void assertWaited(Response response, Duration wait) {
        Protocol.CHAT.assertRefusal(response, 503);
        assertThat(response.text()).contains("queue_timeout", "this route lets a request wait");
        assertThat(response.header("retry-after")).isPresent();
        Patience.assertOnTime(response.untilHead(), wait);
    }
}
