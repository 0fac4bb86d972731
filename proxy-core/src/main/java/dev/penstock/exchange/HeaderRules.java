// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which header lines cross the proxy.
 *
 * <p>Towards the upstream by an allow-list of families: what a model API reads. Everything that names the client, its
 * credentials or its connection stays here. Values are never filtered: {@code anthropic-beta} and the like are open lists.
 *
 * <p>Towards the client everything but what belongs to one connection (RFC 9110, 7.6.1), what is ours to say (framing, date),
 * and what a proxy must not pass on from another origin (cookies, redirects, the promises of other protocols).
 *
 * <p>Immutable: without state.
 */
final class HeaderRules {
    private static final Set<String> HOP_BY_HOP = names(
            "connection",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-authentication-info",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "http2-settings");

    private static final Set<String> REQUEST_NAMES = names(
            "content-type",
            "accept",
            "accept-language",
            "idempotency-key",
            "traceparent",
            "tracestate",
            "user-agent",
            "x-request-id",
            "x-app");

    private static final List<String> REQUEST_FAMILIES =
            List.of("anthropic-", "openai-", "x-stainless-", "x-claude-code-");

    private static final Set<String> NOT_TO_CLIENT = names(
            "content-length",
            "date",
            "server",
            "via",
            "set-cookie",
            "set-cookie2",
            "location",
            "content-location",
            "refresh",
            "alt-svc",
            "strict-transport-security",
            "www-authenticate",
            "x-accel-buffering",
            "x-accel-redirect",
            "x-sendfile",
            "clear-site-data",
            "nel",
            "report-to");

    private HeaderRules() {}

    /** The client's lines that the upstream may see. */
    static List<Header> towardsUpstream(List<Header> fromClient) {
        Set<String> listed = listedInConnection(fromClient);
        List<Header> kept = new ArrayList<>();
        for (Header header : fromClient) {
            String name = header.name().toLowerCase(Locale.ROOT);
            if (isAllowed(name) && !HOP_BY_HOP.contains(name) && !listed.contains(name)) {
                kept.add(header);
            }
        }
        return kept;
    }

    /** The upstream's lines that the client may see. */
    static List<Header> towardsClient(List<Header> fromUpstream) {
        Set<String> listed = listedInConnection(fromUpstream);
        List<Header> kept = new ArrayList<>();
        for (Header header : fromUpstream) {
            String name = header.name().toLowerCase(Locale.ROOT);
            if (!HOP_BY_HOP.contains(name) && !NOT_TO_CLIENT.contains(name) && !listed.contains(name)) {
                kept.add(header);
            }
        }
        return kept;
    }

    private static boolean isAllowed(String name) {
        return REQUEST_NAMES.contains(name) || REQUEST_FAMILIES.stream().anyMatch(name::startsWith);
    }

    private static Set<String> listedInConnection(List<Header> headers) {
        Set<String> listed = new HashSet<>();
        for (Header header : headers) {
            if (header.name().equalsIgnoreCase("connection")) {
                for (String name : header.value().split(",", -1)) {
                    listed.add(name.strip().toLowerCase(Locale.ROOT));
                }
            }
        }
        return listed;
    }

    private static Set<String> names(String... names) {
        Set<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        set.addAll(List.of(names));
        return set;
    }
}
