// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The standard input of this process. Confined to the main thread. */
final class ProcessInput implements Input {

    @Override
    public String secret(String prompt) throws IOException {
        Optional<Console> terminal = Optional.ofNullable(System.console()).filter(Console::isTerminal);
        if (terminal.isPresent()) {
            return new String(Optional.ofNullable(terminal.get().readPassword("%s", prompt))
                    .orElse(new char[0]));
        }
        var reader = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        return Optional.ofNullable(reader.readLine()).orElse("");
    }
}
