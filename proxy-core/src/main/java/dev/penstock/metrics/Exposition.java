// SPDX-License-Identifier: Apache-2.0
package dev.penstock.metrics;

import static java.util.Objects.requireNonNull;

/** One scrape, ready to send: the negotiated content type and the text in it. Immutable. */
public record Exposition(String contentType, String text) {
    public Exposition {
        requireNonNull(contentType, "contentType");
        requireNonNull(text, "text");
    }
}
