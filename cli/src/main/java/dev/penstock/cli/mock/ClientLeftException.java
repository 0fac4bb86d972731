// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli.mock;

import java.io.IOException;

/** The client closed its side, which the mock takes as having left. */
final class ClientLeftException extends IOException {

    private static final long serialVersionUID = 1L;

    ClientLeftException(String message) {
        super(message);
    }

    ClientLeftException(IOException cause) {
        super("the client left", cause);
    }
}
