// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testing;

/** How the body of a response ended. */
public enum BodyEnd {
    /** There is none, by method or status. */
    NO_BODY(true),
    /** The final chunk was there. */
    FINAL_CHUNK(true),
    /** All the bytes promised by Content-Length. */
    COUNTED(true),
    /** The connection ended in order, and nothing else was promised. */
    END_OF_CONNECTION(true),
    /** The connection ended in order before the final chunk or the promised length. */
    CUT(false),
    /** The connection was reset. */
    RESET(false),
    /** The client's own patience was over. */
    STILL_OPEN(false);

    private final boolean clean;

    BodyEnd(boolean clean) {
        this.clean = clean;
    }

    /** True if a client that trusts the framing takes this for a whole body. */
    public boolean isClean() {
        return clean;
    }

    /** True if every client sees that the body is broken. */
    public boolean isAbortive() {
        return this == CUT || this == RESET;
    }
}
