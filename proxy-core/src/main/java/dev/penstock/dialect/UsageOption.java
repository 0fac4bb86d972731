// SPDX-License-Identifier: Apache-2.0
package dev.penstock.dialect;

import com.fasterxml.jackson.core.JsonToken;
import java.util.Optional;

/**
 * What a request says about {@code stream_options.include_usage}, and the smallest change that makes it say yes.
 *
 * <p>Confined to the stream thread.
 */
final class UsageOption {
    private static final String MEMBER = "\"include_usage\":true";

    private Optional<ByteSpan> nullOptions = Optional.empty();
    private Optional<Integer> insideOptions = Optional.empty();
    private boolean emptyOptions;
    private boolean memberSeen;
    private boolean requested;
    private Optional<ByteSpan> refusal = Optional.empty();

    void isNull(ByteSpan span) {
        nullOptions = Optional.of(span);
    }

    void opens(int at) {
        insideOptions = Optional.of(at + 1);
    }

    void closes(boolean empty) {
        emptyOptions = empty;
    }

    /** Takes the value of {@code include_usage}; false if there was one before. */
    boolean member(JsonToken value, ByteSpan span) {
        boolean first = !memberSeen;
        memberSeen = true;
        requested = value == JsonToken.VALUE_TRUE;
        if (value == JsonToken.VALUE_FALSE || value == JsonToken.VALUE_NULL) {
            refusal = Optional.of(span);
        }
        return first;
    }

    boolean requested() {
        return requested;
    }

    /** The change to make; {@code insideBody} is where the first member of the body would go. */
    Optional<Splice> splice(int insideBody) {
        if (memberSeen) {
            return refusal.map(span -> new Splice(span, "true")); // any other value is for the upstream to judge
        }
        if (nullOptions.isPresent()) {
            return nullOptions.map(span -> new Splice(span, "{" + MEMBER + "}"));
        }
        if (insideOptions.isPresent()) {
            return insideOptions.map(at -> Splice.insert(at, emptyOptions ? MEMBER : MEMBER + ","));
        }
        return Optional.of(Splice.insert(insideBody, "\"stream_options\":{" + MEMBER + "},"));
    }
}
