// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static dev.penstock.testing.Eventually.eventuallyGet;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.penstock.testing.Patience;
import dev.penstock.testing.Response;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The id that a client has in its hands leads to a line of the log, whatever became of its request. Confined to one thread. */
@Lab
final class AccessLogIT {
    /** The one line of the log that has this value. */
    private static JsonNode line(Laboratory lab, String field, String value) {
        return eventuallyGet(
                Patience.seconds(2),
                () -> lab.proxy().process().stdout().stream()
                        .map(Protocol::json)
                        .filter(line -> line.path(field).asText().equals(value))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("no line with " + field + " " + value)));
    }

    @Test
    @DisplayName("logs the client's own request id, and answers with it")
    void logsTheClientsId(Laboratory lab) throws IOException {
        Response response = lab.call(Calls.chat().header("x-request-id", "ticket-4711"));

        assertThat(response.header("x-request-id")).contains("ticket-4711");
        JsonNode line = line(lab, "request_id", "ticket-4711");
        assertThat(line.path("outcome").asText()).isEqualTo("completed");
        assertThat(line.path("id").asText()).isNotBlank().isNotEqualTo("ticket-4711");
    }

    @Test
    @DisplayName("gives an id, a line and a count to what is no request at all")
    void accountsForWhatIsNoRequest(Laboratory lab) throws IOException {
        Response response;
        try (var client = lab.connect()) {
            client.send(
                    "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n");
            response = lab.noticed(client.readResponse());
        }

        Protocol.CHAT.assertRefusal(response, 400);
        String id = response.header("x-request-id").orElseThrow();
        assertThat(id).matches("req_[a-z0-9]+-[a-z0-9]+");
        JsonNode line = line(lab, "request_id", id);
        assertThat("req_" + line.path("id").asText()).isEqualTo(id);
        assertThat(line.path("status").asInt()).isEqualTo(400);
        assertThat(line.path("reason").asText()).isEqualTo("bad_request");
        lab.assertRefusals(Map.of("bad_request", 1L));
    }
}
