// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.parts;

/** A pattern could not be searched for in the time or stack that it may take; the text is neither cleared nor convicted. */
public final class SearchTimeoutException extends Exception {
    private static final long serialVersionUID = 1L;

    SearchTimeoutException(String message) {
        super(message, null, false, false);
    }
}
