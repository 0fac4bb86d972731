// SPDX-License-Identifier: Apache-2.0

package dev.penstock.spi;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** What plugin-made status codes, headers and codes must look like. Immutable. */
final class HttpRules {

    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}");
    private static final Pattern CODE = Pattern.compile("[A-Za-z0-9_.-]{1,128}");

    /** Framing and hop-by-hop: core alone decides about these. */
    private static final Set<String> RESERVED = Set.of(
            "connection",
            "content-length",
            "host",
            "http2-settings",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    private HttpRules() {}

    static void requireStatus(int status, int lowest) {
        if (status < lowest || status > 599) {
            throw new IllegalArgumentException("status must be " + lowest + " to 599: " + status);
        }
    }

    static void requireCode(String code) {
        if (!CODE.matcher(code).matches()) {
            throw new IllegalArgumentException("code must be letters, digits, '_', '.', '-': " + code);
        }
    }

    static Map<String, String> headers(Map<String, String> headers) {
        Map<String, String> checked = new LinkedHashMap<>();
        headers.forEach((name, value) -> checked.put(headerName(name), headerValue(value)));
        return Collections.unmodifiableMap(checked);
    }

    static Set<String> headerNames(Set<String> names) {
        Set<String> checked = new LinkedHashSet<>();
        names.forEach(name -> checked.add(headerName(name)));
        return Collections.unmodifiableSet(checked);
    }

    static String headerName(String name) {
        if (!TOKEN.matcher(name).matches()) {
            throw new IllegalArgumentException("not a header name: " + name);
        }
        String lower = name.toLowerCase(Locale.ROOT);
        if (RESERVED.contains(lower)) {
            throw new IllegalArgumentException("only core may set the header " + lower);
        }
        return lower;
    }

    static String headerValue(String value) {
        boolean plain = value.chars().allMatch(c -> c == '\t' || (c >= ' ' && c != 0x7f && c <= 0xff));
        if (!plain) {
            throw new IllegalArgumentException("a header value must not have control characters");
        }
        return value;
    }
}
