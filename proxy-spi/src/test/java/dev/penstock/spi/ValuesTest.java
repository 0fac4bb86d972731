// SPDX-License-Identifier: Apache-2.0

package dev.penstock.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ValuesTest {

    @Test
    void acceptsItsOwnMajorUpToItsOwnMinor() {
        SpiVersion host = new SpiVersion(2, 3);
        assertThat(host.accepts(SpiVersion.parse("2.0"))).isTrue();
        assertThat(host.accepts(SpiVersion.parse("2.3"))).isTrue();
        assertThat(host.accepts(SpiVersion.parse("2.4"))).isFalse();
        assertThat(host.accepts(SpiVersion.parse("1.9"))).isFalse();
        assertThat(host.accepts(SpiVersion.parse("3.0"))).isFalse();
    }

    @Test
    void refusesOddVersions() {
        for (String odd : new String[] {"", "1", "1.", "1.0.0", "-1.0", " 1.0", "one", "99999999999.0"}) {
            assertThatIllegalArgumentException().as(odd).isThrownBy(() -> SpiVersion.parse(odd));
        }
    }

    @Test
    void ordersVersionsByNumbers() {
        assertThat(SpiVersion.parse("1.10")).isGreaterThan(SpiVersion.parse("1.9"));
        assertThat(SpiVersion.parse("2.0")).isGreaterThan(SpiVersion.parse("1.10"));
    }

    @Test
    void aSecretDoesNotShow() {
        Secret secret = Secret.of("hunter2");
        assertThat(secret.toString()).doesNotContain("hunter2");
        assertThat(secret.reveal()).isEqualTo("hunter2");
        assertThat(secret).isEqualTo(Secret.of("hunter2")).isNotEqualTo(Secret.of("hunter3"));
        assertThat(secret.matches("hunter")).isFalse();
    }

    @Test
    void anEventsNameAndIdAreOneLine() {
        for (String odd : new String[] {"a\nb", "a\rb", "a\0b"}) {
            assertThatIllegalArgumentException().isThrownBy(() -> StreamEvent.of(odd, "x"));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> StreamEvent.of("x").withId(odd));
        }
    }

    @Test
    void anEventKeepsItsPlaceWhenItsDataChanges() {
        StreamEvent event = StreamEvent.of("delta", "one").withSequence(7).withArrival(99);
        StreamEvent changed = event.withData("two");
        assertThat(changed.data()).isEqualTo("two");
        assertThat(changed.name()).isEqualTo("delta");
        assertThat(changed.sequence()).isEqualTo(7);
        assertThat(changed.arrivedNanos()).isEqualTo(99);
        assertThat(event.data()).isEqualTo("one");
        assertThat(event.toString()).doesNotContain("one");
    }

    @Test
    void anEventsBytesAreReadOnly() {
        StreamEvent event = StreamEvent.of("", "é".getBytes(StandardCharsets.UTF_8));
        assertThat(event.bytes().isReadOnly()).isTrue();
        assertThat(event.size()).isEqualTo(2);
        assertThat(event.data()).isEqualTo("é");
    }

    @Test
    void decisionsRefuseWhatHttpForbids() {
        assertThatIllegalArgumentException().isThrownBy(() -> RequestDecision.reject(200, "x", "m"));
        assertThatIllegalArgumentException().isThrownBy(() -> RequestDecision.reject(600, "x", "m"));
        assertThatIllegalArgumentException().isThrownBy(() -> RequestDecision.reject(400, "x y", "m"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RequestDecision.answer(200, Map.of("x", "a\r\nset-cookie: b"), new byte[0]));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RequestDecision.answer(200, Map.of("Content-Length", "1"), new byte[0]));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ResponseDecision.replaceHeaders(Map.of(), Set.of("transfer-encoding")));
        assertThatIllegalArgumentException().isThrownBy(() -> LastResult.none().withTrailer("bad name", "x"));
        assertThatIllegalArgumentException().isThrownBy(() -> LastResult.none().withLogField("Bad", "x"));
        assertThatIllegalArgumentException().isThrownBy(() -> EventDecision.end("no spaces"));
    }

    @Test
    void headerNamesAreLowerCase() {
        assertThat(ResponseDecision.replaceHeaders(Map.of("X-Served-By", "one")))
                .isEqualTo(ResponseDecision.replaceHeaders(Map.of("x-served-by", "one")));
    }

    @Test
    void settingsHaveBounds() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ObserverSettings.defaults().withMaxEvents(0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ObserverSettings.defaults().withMaxBytes(1 << 30));
        assertThatIllegalArgumentException().isThrownBy(() -> OverflowPolicy.block(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> HoldBack.window(Duration.ofMinutes(2), 1));
        assertThatIllegalArgumentException().isThrownBy(() -> HoldBack.window(Duration.ofMillis(1), 0));
    }

    @Test
    void lastResultsAreBoundedAndKeepOrder() {
        LastResult result = LastResult.none()
                .withEvent(StreamEvent.of("a", "1"))
                .withEvent(StreamEvent.of("b", "2"))
                .withTrailer("X-Cost", "1")
                .withLogField("long_text", "x".repeat(10_000))
                .withLogField("count", 3)
                .withLogField("rate", 0.5)
                .withLogField("ok", true);
        assertThat(result.events()).extracting(StreamEvent::name).containsExactly("a", "b");
        assertThat(result.trailers()).containsEntry("x-cost", "1");
        assertThat(result.logFields().get("long_text").toString()).hasSize(4096);
        assertThat(result.logFields().keySet()).containsExactly("long_text", "count", "rate", "ok");
    }

    @Test
    void outcomesAreTheWordsOfTheLog() {
        assertThat(StreamOutcome.Kind.STOPPED_BY_PLUGIN.label()).isEqualTo("stopped_by_plugin");
    }
}
