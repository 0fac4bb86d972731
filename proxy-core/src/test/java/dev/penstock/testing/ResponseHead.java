// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testing;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/** The head of a response and when it was complete (nanoTime). Immutable. */
public record ResponseHead(MessageHead message, long atNanos) {
    public ResponseHead {
        requireNonNull(message, "message");
    }

    public int status() {
        return Integer.parseInt(message.word(1));
    }

    public Optional<String> header(String name) {
        return message.header(name);
    }

    public List<String> headers(String name) {
        return message.headers(name);
    }

    public boolean isChunked() {
        return message.isChunked();
    }

    boolean isInterim() {
        return status() >= 100 && status() < 200 && status() != 101;
    }

    boolean hasNoBody(String method) {
        return method.equals("HEAD") || status() == 204 || status() == 304 || status() < 200;
    }
}
