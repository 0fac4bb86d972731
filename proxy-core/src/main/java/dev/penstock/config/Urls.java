// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.net.URI;
import java.net.URISyntaxException;

/** URLs of instances. Immutable. */
final class Urls {
    static final String PATTERN = "https?://[^/?#@\\s]+(/[^?#\\s]*)?";
    private static final String EXPECTED = "must be a URL with http or https and a host, such as http://127.0.0.1:8000";

    private Urls() {}

    static URI parse(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException malformed) {
            throw new IllegalArgumentException(EXPECTED, malformed);
        }
        if (uri.getRawUserInfo() != null) {
            throw new IllegalArgumentException("must not hold credentials, use auth for them");
        }
        if (!text.matches(PATTERN) || uri.getHost() == null || uri.getPort() > 65535 || uri.getPort() == 0) {
            throw new IllegalArgumentException(EXPECTED);
        }
        return uri;
    }

    /** The name an instance gets when nobody names it. */
    static String hostAndPort(String text) {
        String rest = text.replaceFirst("^[a-z]+://", "");
        int slash = rest.indexOf('/');
        return slash < 0 ? rest : rest.substring(0, slash);
    }
}
