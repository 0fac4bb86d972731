// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testkit;

import java.util.Map;

/**
 * What a plugin said to a client instead of an upstream's answer. Immutable.
 *
 * @param status the HTTP status
 * @param code the word for programs; empty text for a filter's own answer
 * @param text the message, or the body
 */
public record HarnessAnswer(int status, String code, String text, Map<String, String> headers) {
    /** Copies. */
    public HarnessAnswer {
        headers = Map.copyOf(headers);
    }
}
