// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import java.io.IOException;

/** What a user types, or what is piped into a command. */
interface Input {

    /**
     * One line that nobody may see: without echo from a terminal, after the prompt; from a pipe as it comes, without one. The
     * empty text at the end of the input.
     */
    String secret(String prompt) throws IOException;
}
