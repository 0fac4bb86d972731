// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RecordedRequest;
import dev.penstock.testing.Response;
import dev.penstock.testing.Script;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** X02: two parsers must never disagree on where a request ends. Confined to one thread per test. */
@Lab({"LAB_CAP_CONSUMER=40", "LAB_CAP_ROUTE=40"})
final class SmugglingIT {
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3})");
    /** Odd, but with one meaning only: these may be served, or refused on a connection that is kept. */
    private static final Set<String> WELL_FRAMED = Set.of(
            "chunk extension",
            "underscored CL",
            "trailers that would override",
            "a request inside a body",
            "a request inside a GET body");

    private static final String BODY = "{\"model\":\"payload\",\"stream\":false,\"messages\":[]}";
    private static final String SMUGGLED = smuggled();

    private static String smuggled() {
        String body = BODY.replace("payload", "smuggle");
        return post("Content-Length: " + body.length() + "\r\n", body);
    }

    private static String post(String lines, String body) {
        return "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + lines + "\r\n"
                + body;
    }

    private static String chunked(String body) {
        return Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n";
    }

    private static Map<String, String> payloads() {
        int length = BODY.length();
        String size = Integer.toHexString(length);
        String counted = "Content-Length: " + length + "\r\n";
        String te = "Transfer-Encoding: chunked\r\n";
        var all = new TreeMap<String, String>();
        all.put("TE and CL", post(te + counted, chunked(BODY)));
        all.put("CL and TE", post(counted + te, chunked(BODY)));
        all.put("TE.CL with a request inside", post("Content-Length: 4\r\n" + te, "0\r\n\r\n" + SMUGGLED));
        all.put("two equal CL", post(counted + counted, BODY));
        all.put("two unequal CL", post(counted + "Content-Length: 0\r\n", BODY));
        all.put("CL list", post("Content-Length: " + length + ", " + length + "\r\n", BODY));
        all.put("CL with plus", post("Content-Length: +" + length + "\r\n", BODY));
        all.put("CL with minus", post("Content-Length: -1\r\n", BODY));
        all.put("CL overflow", post("Content-Length: 99999999999999999999\r\n", BODY));
        all.put("CL in hex", post("Content-Length: 0x" + size + "\r\n", BODY));
        all.put("CL empty", post("Content-Length: \r\n", BODY));
        all.put("TE xchunked", post("Transfer-Encoding: xchunked\r\n", chunked(BODY)));
        all.put("TE chunked, identity", post("Transfer-Encoding: chunked, identity\r\n", chunked(BODY)));
        all.put("TE gzip, chunked", post("Transfer-Encoding: gzip, chunked\r\n", chunked(BODY)));
        all.put("TE identity", post("Transfer-Encoding: identity\r\n" + counted, BODY));
        all.put("two TE lines", post(te + te, chunked(BODY)));
        all.put("TE with space before colon", post("Transfer-Encoding : chunked\r\n", chunked(BODY)));
        all.put("TE with vertical tab", post("Transfer-Encoding: \u000bchunked\r\n", chunked(BODY)));
        all.put("TE in odd case with CL", post("tRANSFER-eNCODING: chunked\r\n" + counted, chunked(BODY)));
        all.put("TE folded", post("Transfer-Encoding:\r\n chunked\r\n", chunked(BODY)));
        all.put("header folded", post(counted + "X-A: b\r\n c\r\n", BODY));
        all.put(
                "first header with leading space",
                "POST /v1/chat/completions HTTP/1.1\r\n Host: x\r\n" + counted + "\r\n" + BODY);
        all.put("chunk extension quoted CRLF", post(te, size + ";a=\"\r\n\"\r\n" + BODY + "\r\n0\r\n\r\n"));
        all.put("chunk extension bare LF", post(te, size + ";a\n" + BODY + "\r\n0\r\n\r\n"));
        all.put("chunk extension", post(te, size + ";a=b\r\n" + BODY + "\r\n0\r\n\r\n"));
        all.put("chunk size 0x1", post(te, "0x" + size + "\r\n" + BODY + "\r\n0\r\n\r\n"));
        all.put("chunk size overflow", post(te, "fffffffffffffffff\r\n" + BODY + "\r\n0\r\n\r\n"));
        all.put("chunk size negative", post(te, "-1\r\n" + BODY + "\r\n0\r\n\r\n"));
        all.put("last chunk LF only", post(te, size + "\r\n" + BODY + "\r\n0\n\n"));
        all.put("chunk without CRLF", post(te, size + "\r\n" + BODY + "0\r\n\r\n"));
        all.put("bare LF lines", post(counted, BODY).replace("\r\n", "\n"));
        all.put("one bare LF line", post("X-A: b\nX-B: c\r\n" + counted, BODY));
        all.put("bare CR", post("X-A: b\rX-B: c\r\n" + counted, BODY));
        all.put("NUL in a header", post("X-A: b\u0000c\r\n" + counted, BODY));
        all.put(
                "no Host",
                "POST /v1/chat/completions HTTP/1.1\r\nContent-Type: application/json\r\n" + counted + "\r\n" + BODY);
        all.put("two Hosts", post("Host: y\r\n" + counted, BODY));
        all.put("empty Host", post(counted, BODY).replace("Host: x", "Host: "));
        all.put("illegal Host", post(counted, BODY).replace("Host: x", "Host: x y"));
        all.put("Host with user", post(counted, BODY).replace("Host: x", "Host: a@x"));
        all.put("Host with query", post(counted, BODY).replace("Host: x", "Host: x?y"));
        all.put("HTTP/0.9", "GET /v1/models\r\n\r\n");
        all.put("HTTP/1.2", post(counted, BODY).replace("HTTP/1.1", "HTTP/1.2"));
        all.put("HTTP/1.0 with TE", post(te, chunked(BODY)).replace("HTTP/1.1", "HTTP/1.0"));
        all.put("unknown Expect", post("Expect: 200-maybe\r\n" + counted, BODY));
        all.put("header without colon", post("X-Nothing\r\n" + counted, BODY));
        all.put("header without name", post(": nothing\r\n" + counted, BODY));
        all.put("space in a header name", post("X Y: z\r\n" + counted, BODY));
        all.put("underscored CL", post("Content_Length: 0\r\n" + counted, BODY));
        all.put(
                "trailers that would override",
                post(
                        te + "Trailer: authorization\r\n",
                        size + "\r\n" + BODY + "\r\n0\r\nAuthorization: Bearer x\r\nContent-Length: 5\r\n\r\n"));
        all.put(
                "a request inside a GET body",
                "GET /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: " + SMUGGLED.length() + "\r\n\r\n"
                        + SMUGGLED);
        all.put("a request inside a body", post("Content-Length: " + SMUGGLED.length() + "\r\n", SMUGGLED));
        return all;
    }

    /** Sends bytes and gives whatever comes back until the peer closes or says nothing more for a moment. */
    private static Answer send(Laboratory lab, String payload) throws IOException {
        var received = new ByteArrayOutputStream();
        try (var client = lab.connect()) {
            client.patience(Duration.ofMillis(250));
            client.send(payload.getBytes(ISO_8859_1));
            byte[] buffer = new byte[8192];
            while (true) {
                int n = client.in().read(buffer);
                if (n < 0) {
                    return new Answer(received.toString(ISO_8859_1), true);
                }
                received.write(buffer, 0, n);
            }
        } catch (SocketTimeoutException e) {
            return new Answer(received.toString(ISO_8859_1), false);
        } catch (SocketException e) {
            return new Answer(received.toString(ISO_8859_1), true);
        }
    }

    /** What came back for one payload. */
    private record Answer(String text, boolean closed) {
        List<Integer> statuses() {
            return STATUS.matcher(text)
                    .results()
                    .map(match -> Integer.parseInt(match.group(1)))
                    .filter(status -> status >= 200)
                    .toList();
        }
    }

    @Test
    @DisplayName("X02 refuses ambiguous framing and closes, or forwards exactly one well-framed request")
    void neverLetsTwoParsersDisagree(Laboratory lab) throws Exception {
        lab.play(request -> Script.json(
                200, ProviderEvents.chatJson(request.mentions("canary-request") ? "for the canary" : "for a payload")));
        var accepted = new ArrayList<String>();
        for (Map.Entry<String, String> payload : payloads().entrySet()) {
            lab.upstream().forget();
            Answer answer = send(lab, payload.getValue());
            assertThat(answer.statuses()).as("%s: %s", payload.getKey(), answer).hasSizeLessThanOrEqualTo(1);
            if (answer.statuses().equals(List.of(200))) {
                accepted.add(payload.getKey());
                assertWellFramed(payload.getKey(), lab.upstream().requests());
            } else {
                assertThat(answer.statuses())
                        .as(payload.getKey())
                        .allSatisfy(status -> assertThat(status).isBetween(400, 505));
                assertThat(lab.upstream().requests()).as(payload.getKey()).isEmpty();
                assertThat(answer.closed() || WELL_FRAMED.contains(payload.getKey()))
                        .as("%s: closed after %s", payload.getKey(), answer)
                        .isTrue();
            }
            Response canary = lab.call(
                    Calls.chatJson().withBody("{\"model\":\"canary-request\",\"messages\":[]}".getBytes(ISO_8859_1)));
            assertThat(canary.text())
                    .as("the canary after: %s", payload.getKey())
                    .contains("for the canary");
        }
        assertThat(accepted).isSubsetOf(WELL_FRAMED);
    }

    private static void assertWellFramed(String payload, List<RecordedRequest> requests) {
        assertThat(requests).as(payload).hasSize(1);
        RecordedRequest request = requests.getFirst();
        int framings = request.headers("content-length").size()
                + request.headers("transfer-encoding").size();
        assertThat(framings).as("%s: %s", payload, request).isEqualTo(1);
        assertThat(request.headers("authorization")).as(payload).hasSize(1);
    }
}
