// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testing;

import java.io.IOException;

/** The peer left while a script was waiting; the rest of the script is pointless. */
final class PeerLeftException extends IOException {
    private static final long serialVersionUID = 1L;

    PeerLeftException() {
        super("the peer left");
    }
}
