// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.parts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class JsonTest {
    @Test
    void writesWhatItReads() throws UnreadableException {
        String document = "{\"a\":[1,-2.50,true,null,\"x\\n\\\"\"],\"b\":{\"c\":1e400}}";

        assertThat(Json.read(document.getBytes(UTF_8)).written()).isEqualTo(document);
    }

    @Test
    void replacesAMemberInItsPlace() throws UnreadableException {
        Json json = Json.read("{\"a\":1,\"b\":2}".getBytes(UTF_8));

        assertThat(((Json.Fields) json)
                        .with("a", Json.of("x"))
                        .with("c", Json.of(0.5))
                        .written())
                .isEqualTo("{\"a\":\"x\",\"b\":2,\"c\":0.5}");
    }

    @Test
    void refusesDepthsThatWouldOverflowTheStack() {
        String deep = "[".repeat(100_000) + "]".repeat(100_000);

        assertThatThrownBy(() -> Json.read(deep.getBytes(UTF_8))).isInstanceOf(UnreadableException.class);
    }
}
