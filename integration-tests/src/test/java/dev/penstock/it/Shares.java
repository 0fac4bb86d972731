// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.RecordedRequest;
import java.io.IOException;
import java.util.List;

/** Who got how much of the traffic, as the upstreams saw it. Immutable. */
final class Shares {
    private Shares() {}

    /** Runs so many streams, so many at a time, and counts the requests that each upstream got of them. */
    static List<Long> of(Laboratory lab, int streams, int atOnce) throws Exception {
        List<Long> before = counts(lab);
        lab.atOnce(atOnce, caller -> {
            for (int i = caller; i < streams; i += atOnce) {
                one(lab, "caller-" + i % 97);
            }
            return caller;
        });
        List<Long> after = counts(lab);
        return List.of(after.get(0) - before.get(0), after.get(1) - before.get(1), after.get(2) - before.get(2));
    }

    private static void one(Laboratory lab, String consumer) throws IOException {
        var response = lab.call(Calls.chat().consumer(consumer).header("Connection", "close"));
        assertThat(response.status()).as("%s", response).isEqualTo(200);
        assertThat(response.end().isClean()).as("%s", response).isTrue();
    }

    private static List<Long> counts(Laboratory lab) {
        return lab.upstreams().stream()
                .map(upstream ->
                        upstream.requests().stream().filter(Shares::isTraffic).count())
                .toList();
    }

    /** Probes are no traffic. */
    static boolean isTraffic(RecordedRequest request) {
        return request.method().equals("POST");
    }
}
