// SPDX-License-Identifier: Apache-2.0
package dev.penstock.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ModelListTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private final ModelList list =
            new ModelList(List.of("gpt-x", "org/\"q\" 7b"), Instant.ofEpochSecond(1_800_000_000, 5));

    @Test
    void listsForOpenAi() throws IOException {
        JsonNode body = MAPPER.readTree(list.all(DialectFamily.OPENAI));
        assertThat(body.get("object").asText()).isEqualTo("list");
        assertThat(body.get("data"))
                .extracting(model -> model.get("id").asText())
                .containsExactly("gpt-x", "org/\"q\" 7b");
        assertThat(body.at("/data/0"))
                .isEqualTo(MAPPER.readTree(
                        "{\"id\":\"gpt-x\",\"object\":\"model\",\"created\":1800000000,\"owned_by\":\"penstock\"}"));
        assertThat(list.all(DialectFamily.PASSTHROUGH)).isEqualTo(list.all(DialectFamily.OPENAI));
    }

    @Test
    void listsForAnthropic() throws IOException {
        JsonNode body = MAPPER.readTree(list.all(DialectFamily.ANTHROPIC));
        assertThat(body.get("has_more").asBoolean()).isFalse();
        assertThat(body.get("first_id").asText()).isEqualTo("gpt-x");
        assertThat(body.get("last_id").asText()).isEqualTo("org/\"q\" 7b");
        assertThat(body.at("/data/0"))
                .isEqualTo(MAPPER.readTree("{\"type\":\"model\",\"id\":\"gpt-x\",\"display_name\":\"gpt-x\","
                        + "\"created_at\":\"2027-01-15T08:00:00Z\"}"));
    }

    @Test
    void listsNothing() throws IOException {
        var empty = new ModelList(List.of(), Instant.EPOCH);
        assertThat(MAPPER.readTree(empty.all(DialectFamily.OPENAI)).get("data")).isEmpty();
        assertThat(MAPPER.readTree(empty.all(DialectFamily.ANTHROPIC))
                        .get("first_id")
                        .isNull())
                .isTrue();
    }

    @Test
    void showsOneModel() throws IOException {
        byte[] one = list.one(DialectFamily.OPENAI, "gpt-x").orElseThrow();
        assertThat(MAPPER.readTree(one).get("id").asText()).isEqualTo("gpt-x");
        assertThat(list.one(DialectFamily.ANTHROPIC, "other")).isEmpty();
    }

    @Test
    void findsTheNameInAPath() {
        assertThat(ModelList.nameIn("/v1/models/gpt-x")).contains("gpt-x");
        assertThat(ModelList.nameIn("/v1/models/org/a%20b+c")).contains("org/a b+c");
        assertThat(ModelList.nameIn("/v1/models")).isEmpty();
        assertThat(ModelList.nameIn("/v1/models/")).isEmpty();
        assertThat(ModelList.nameIn("/v1/models/%zz")).isEmpty();
        assertThat(ModelList.nameIn("/v2/models/x")).isEmpty();
    }
}
