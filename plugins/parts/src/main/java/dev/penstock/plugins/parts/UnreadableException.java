// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.parts;

/** A body is not what it should be, so nobody can say what is in it. */
public final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreadableException(String message) {
        super(message, null, false, false);
    }
}
