// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.Response;
import dev.penstock.testing.Script;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** S06: a stream that did not reach its terminal event is never made to look complete. Confined to one thread per test. */
@Lab
final class EndingsIT {
    /** Lets what was sent be read before the connection breaks. */
    private static final Duration SETTLE = Duration.ofMillis(150);

    private static String intact(Protocol protocol) {
        return String.join("", protocol.opening(3));
    }

    private static void assertTruncated(Laboratory lab, Protocol protocol, Script script) throws IOException {
        lab.play(script);

        Response response = lab.call(protocol.request());

        protocol.assertCut(response, intact(protocol));
        lab.assertOutcome("upstream_truncated", 1);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("S06a shows a connection that ended inside an event")
    void showsAnEndInsideAnEvent(Protocol protocol, Laboratory lab) throws IOException {
        assertTruncated(
                lab,
                protocol,
                Script.sse()
                        .events(protocol.opening(3))
                        .text("data: {\"id\":\"ch")
                        .close());
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("S06b shows a stream that ended cleanly without its terminal event")
    void showsACleanEndWithoutTheTerminalEvent(Protocol protocol, Laboratory lab) throws IOException {
        assertTruncated(lab, protocol, Script.stream(protocol.opening(3)));
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("S06c shows the end of an HTTP/1.0 stream before its terminal event")
    void showsTheEndOfAnUnframedStream(Protocol protocol, Laboratory lab) throws IOException {
        assertTruncated(
                lab,
                protocol,
                Script.script()
                        .headLine("HTTP/1.0 200 OK", "content-type: text/event-stream")
                        .events(protocol.opening(3))
                        .close());
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("S06d shows a reset")
    void showsAReset(Protocol protocol, Laboratory lab) throws IOException {
        lab.play(Script.sse().events(protocol.opening(3)).pause(SETTLE).reset());

        Response response = lab.call(protocol.request());

        protocol.assertCut(response, intact(protocol));
        lab.assertOutcome("upstream_error", 1);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("S06e relays the upstream's own error event once, and adds none")
    void relaysTheUpstreamsErrorEvent(Protocol protocol, Laboratory lab) throws IOException {
        String error = protocol.providerError();
        lab.play(Script.sse().events(protocol.opening(3)).event(error).end());

        Response response = lab.call(protocol.request());

        assertThat(response.text()).isEqualTo(intact(protocol) + error);
        lab.assertOutcome("upstream_error", 1);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("S06 passes on what came before an unfinished event and nothing that looks whole after it")
    void addsNothingThatLooksWhole(Protocol protocol, Laboratory lab) throws IOException {
        lab.play(Script.sse()
                .events(protocol.opening(1))
                .text(protocol.terminal().substring(0, 10))
                .close());

        Response response = lab.call(protocol.request());

        protocol.assertCut(response, String.join("", protocol.opening(1)));
        assertThat(response.events().stream().filter(protocol::isErrorEvent).toList())
                .as("error events in %s", List.of(response))
                .hasSize(1);
        lab.assertOutcome("upstream_truncated", 1);
    }
}
