// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli.log;

import static java.util.Objects.requireNonNull;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where lines go, and whether a human sits there. The streams are the bare descriptors: {@code System.out} has a lock
 * that a stalled reader would make everybody wait for, and it swallows errors. Immutable.
 */
public record LogOutput(OutputStream stream, boolean terminal) {
    public LogOutput {
        requireNonNull(stream, "stream");
    }

    public static LogOutput stdout() {
        return new LogOutput(new FileOutputStream(FileDescriptor.out), isTerminal(1));
    }

    public static LogOutput stderr() {
        return new LogOutput(new FileOutputStream(FileDescriptor.err), isTerminal(2));
    }

    /** The JDK knows about standard input and output together only; Linux tells for each descriptor. */
    private static boolean isTerminal(int descriptor) {
        try {
            var device = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty") || device.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.ofNullable(System.console())
                    .map(Console::isTerminal)
                    .orElse(false);
        }
    }
}
