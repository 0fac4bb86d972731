// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SseEncoderTest {
    private static final long SEED = 7L;

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }

    private static List<SseEvent> parse(byte[] encoded) {
        var events = new ArrayList<SseEvent>();
        var parser = new SseParser(1 << 20);
        parser.feed(encoded, 0, encoded.length, event -> events.add(event.copy()));
        assertThat(parser.atBoundary()).isTrue();
        return events;
    }

    @Test
    void writesTheFieldsInTheUsualOrder() {
        assertThat(SseEncoder.event(utf8("a"))).isEqualTo(utf8("data: a\n\n"));
        assertThat(SseEncoder.event("x", utf8("a"))).isEqualTo(utf8("event: x\ndata: a\n\n"));
        assertThat(SseEncoder.event("x", utf8("a"), "7")).isEqualTo(utf8("event: x\nid: 7\ndata: a\n\n"));
    }

    @Test
    void splitsDataAtEveryKindOfLineEnd() {
        assertThat(SseEncoder.event(utf8("a\nb\rc\r\nd\n")))
                .isEqualTo(utf8("data: a\ndata: b\ndata: c\ndata: d\ndata: \n\n"));
    }

    @Test
    void keepsLeadingSpacesAndEmptyData() {
        assertThat(parse(SseEncoder.event(utf8("  a"))))
                .extracting(SseEvent::dataText)
                .containsExactly("  a");
        assertThat(parse(SseEncoder.event(utf8(""))))
                .extracting(SseEvent::hasData)
                .containsExactly(true);
    }

    @Test
    void cannotBeMadeToWriteAnotherEvent() {
        List<SseEvent> events = parse(SseEncoder.event(utf8("x\n\nevent: error\r\rdata: forged\r\n\r\nid: 1")));
        assertThat(events).hasSize(1);
        assertThat(events.getFirst().name()).isEqualTo("message");
        assertThat(events.getFirst().hasId()).isFalse();
    }

    @Test
    void readsBackAsOneEventWhateverTheDataIs() {
        var random = new Random(SEED);
        String[] pieces = {"\n", "\r", "\r\n", "data: ", "id: 1", "event: x", ":", " ", "é", "\u2028", "\0", "{}"};
        for (int round = 0; round < 2000; round++) {
            var text = new StringBuilder();
            for (int n = random.nextInt(10); n > 0; n--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            String lines = text.toString().replace("\r\n", "\n").replace('\r', '\n');
            assertThat(parse(SseEncoder.event("n", utf8(text.toString()), "i")))
                    .as("seed %d round %d", SEED, round)
                    .singleElement()
                    .satisfies(event -> assertThat(event.dataText()).isEqualTo(lines));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\rb", "a\0b", "\n"})
    void refusesNamesAndIdsThatWouldEndTheirLine(String bad) {
        assertThatThrownBy(() -> SseEncoder.event(bad, utf8("a"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SseEncoder.event("x", utf8("a"), bad)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void leavesTheBlankLineOutOfAHeartbeatAfterAnId() {
        assertThat(SseEncoder.heartbeat(false)).isEqualTo(utf8(": \n\n"));
        assertThat(SseEncoder.heartbeat(true)).isEqualTo(utf8(": \n"));
    }
}
