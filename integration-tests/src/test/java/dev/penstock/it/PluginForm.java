// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RawRequest;
import dev.penstock.testing.Response;
import dev.penstock.testing.Script;
import java.time.Duration;
import java.util.List;

/** The two forms in which plugins see an answer: a stream of events, and one event that is the whole body. Immutable. */
enum PluginForm {
    STREAM,
    BODY;

    private static final List<String> EVENTS = ProviderEvents.chat(3);
    private static final String JSON = ProviderEvents.chatJson("whole");

    /** Lets the first event reach the client before the second. */
    private static final Duration PACE = Duration.ofMillis(20);

    RawRequest request(String model) {
        return this == STREAM ? Calls.chat(model) : Calls.chatJson(model);
    }

    /** A whole answer. */
    Script whole() {
        return this == STREAM ? Script.stream(EVENTS, PACE) : Script.json(200, JSON);
    }

    /** An answer that begins and then says nothing more. */
    Script begun() {
        return this == STREAM
                ? Script.sse().events(EVENTS.subList(0, 2)).silence()
                : halfBody().silence();
    }

    /** An answer that begins and is then cut. */
    Script cut() {
        return this == STREAM
                ? Script.sse().events(EVENTS.subList(0, 2)).close()
                : halfBody().close();
    }

    private static Script halfBody() {
        return Script.script()
                .head(200, "content-type: application/json", "content-length: 1000")
                .text("{\"half\":");
    }

    /** The answer is there, byte for byte. */
    void assertWhole(Response response) {
        assertThat(response.status()).as("%s", response).isEqualTo(200);
        assertThat(response.text()).isEqualTo(this == STREAM ? String.join("", EVENTS) : JSON);
        assertThat(response.end().isClean()).as("%s", response).isTrue();
    }

    /** What was begun in view of the client has visibly not come to its end. */
    void assertCut(Response response) {
        if (this == STREAM) {
            Protocol.CHAT.assertCut(response, "");
        } else {
            assertThat(response.end().isAbortive())
                    .as("an abortive end: %s", response)
                    .isTrue();
        }
    }
}
