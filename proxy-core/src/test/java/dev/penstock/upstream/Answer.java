// SPDX-License-Identifier: Apache-2.0
package dev.penstock.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;

/** A whole answer. Immutable (nobody writes to the array). */
final class Answer {
    private final UpstreamHead head;
    private final byte[] body;

    Answer(UpstreamHead head, byte[] body) {
        this.head = head;
        this.body = body;
    }

    UpstreamHead head() {
        return head;
    }

    int status() {
        return head.status();
    }

    byte[] body() {
        return body.clone();
    }

    String text() {
        return new String(body, UTF_8);
    }
}
