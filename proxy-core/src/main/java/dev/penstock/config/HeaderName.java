// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.Locale;

/** An HTTP field name in lower case. Immutable. */
public record HeaderName(String text) {
    static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

    public HeaderName {
        if (!text.matches(TOKEN)) {
            throw new IllegalArgumentException("must be a header name such as x-team");
        }
        text = text.toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return text;
    }
}
