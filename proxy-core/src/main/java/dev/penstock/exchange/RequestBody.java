// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import dev.penstock.dialect.RequestFacts;
import java.util.Objects;
import java.util.Optional;

/** A request's body, whole, with what the dialect has read in it. Immutable: nobody writes into the bytes. */
public final class RequestBody {
    static final RequestBody EMPTY = new RequestBody(
            new byte[0], new RequestFacts(Optional.empty(), false, false, Optional.empty(), Optional.empty()));

    private final byte[] bytes;
    private final RequestFacts facts;

    /** Takes the array over; it must not be changed afterwards. */
    public RequestBody(byte[] bytes, RequestFacts facts) {
        this.bytes = Objects.requireNonNull(bytes, "bytes");
        this.facts = Objects.requireNonNull(facts, "facts");
    }

    public byte[] bytes() {
        return bytes;
    }

    public RequestFacts facts() {
        return facts;
    }

    public int length() {
        return bytes.length;
    }
}
