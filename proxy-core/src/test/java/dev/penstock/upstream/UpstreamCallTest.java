// SPDX-License-Identifier: Apache-2.0
package dev.penstock.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.Script;
import dev.penstock.testing.ScriptedUpstream;
import java.util.List;
import org.junit.jupiter.api.Test;

class UpstreamCallTest {
    @Test
    void readsAnAnswerOfFixedLength() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.json(200, "{\"a\":1}"));
                Calls calls = Calls.to(upstream)) {
            Answer answer = calls.post("/v1/x", "{}");
            assertThat(answer.head().status()).isEqualTo(200);
            assertThat(answer.text()).isEqualTo("{\"a\":1}");
            assertThat(calls.target().idleConnections()).isEqualTo(1);
        }
    }

    @Test
    void readsAChunkedAnswer() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.stream(List.of("data: a\n\n", "data: b\n\n")));
                Calls calls = Calls.to(upstream)) {
            assertThat(calls.post("/v1/x", "{}").text()).isEqualTo("data: a\n\ndata: b\n\n");
            assertThat(calls.target().idleConnections()).isEqualTo(1);
        }
    }

    @Test
    void reusesAConnection() throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.json(200, "{}"));
                Calls calls = Calls.to(upstream)) {
            for (int i = 0; i < 200; i++) {
                assertThat(calls.post("/v1/x", "{}").text()).isEqualTo("{}");
            }
            assertThat(upstream.connectionsAccepted()).isEqualTo(1);
        }
    }
}
