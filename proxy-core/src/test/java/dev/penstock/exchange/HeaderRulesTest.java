// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HeaderRulesTest {
    private static final String[] HOP_BY_HOP = {
        "Connection",
        "Keep-Alive",
        "Proxy-Authenticate",
        "Proxy-Authorization",
        "Proxy-Connection",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
        "HTTP2-Settings"
    };

    private static final String[] CREDENTIALS = {
        "Authorization", "authorization", "X-Api-Key", "api-key", "x-goog-api-key", "Cookie", "Proxy-Authorization"
    };

    private static List<Header> headers(String... lines) {
        return Stream.of(lines)
                .map(line -> new Header(
                        line.substring(0, line.indexOf(':')),
                        line.substring(line.indexOf(':') + 1).strip()))
                .toList();
    }

    private static List<String> lines(List<Header> headers) {
        return headers.stream()
                .map(header -> header.name() + ": " + header.value())
                .toList();
    }

    private static List<Header> each(String... names) {
        List<Header> headers = new ArrayList<>();
        for (String name : names) {
            headers.add(new Header(name, "x"));
        }
        return headers;
    }

    @Test
    void letsModelApisFamiliesThroughVerbatim() {
        String[] lines = {
            "Content-Type: application/json",
            "accept: text/event-stream",
            "anthropic-version: 2023-06-01",
            "Anthropic-Beta: a-1,b-2",
            "Anthropic-Beta: unknown-3",
            "OpenAI-Organization: o",
            "X-Stainless-Lang: java",
            "Idempotency-Key: 1",
            "x-claude-code-session: s",
            "traceparent: 00-1-2-01"
        };

        assertThat(lines(HeaderRules.towardsUpstream(headers(lines)))).containsExactly(lines);
    }

    @Test
    void keepsCredentialsConnectionsAndUnknownsHere() {
        assertThat(HeaderRules.towardsUpstream(each(CREDENTIALS))).isEmpty();
        assertThat(HeaderRules.towardsUpstream(each(HOP_BY_HOP))).isEmpty();
        assertThat(HeaderRules.towardsUpstream(each(
                        "Host",
                        "Content-Length",
                        "Expect",
                        "Accept-Encoding",
                        "X-Forwarded-For",
                        "Forwarded",
                        "X-Real-IP",
                        "X-Original-URL",
                        "x-secret",
                        "x-portkey-custom-host",
                        "Origin",
                        "Referer")))
                .isEmpty();
    }

    @Test
    void dropsWhatConnectionListsInBothDirections() {
        assertThat(HeaderRules.towardsUpstream(headers(
                        "Connection: close, Anthropic-Beta",
                        "connection: accept",
                        "anthropic-beta: x",
                        "Accept: y",
                        "content-type: z")))
                .extracting(Header::name)
                .containsExactly("content-type");
        assertThat(HeaderRules.towardsClient(
                        headers("Connection: x-secret , content-type", "X-Secret: 1", "Content-Type: y", "x-other: 2")))
                .extracting(Header::name)
                .containsExactly("x-other");
    }

    @Test
    void showsTheClientEverythingThatIsNotOursOrTheConnections() {
        String[] lines = {
            "content-type: text/event-stream",
            "request-id: r",
            "x-request-id: s",
            "anthropic-ratelimit-tokens-remaining: 4",
            "retry-after: 2",
            "content-encoding: gzip",
            "x-odd: yes"
        };

        assertThat(lines(HeaderRules.towardsClient(headers(lines)))).containsExactly(lines);
        assertThat(HeaderRules.towardsClient(each(HOP_BY_HOP))).isEmpty();
        assertThat(HeaderRules.towardsClient(each(
                        "Content-Length",
                        "Date",
                        "Server",
                        "Set-Cookie",
                        "Location",
                        "WWW-Authenticate",
                        "Alt-Svc",
                        "X-Accel-Redirect",
                        "Strict-Transport-Security")))
                .isEmpty();
    }
}
