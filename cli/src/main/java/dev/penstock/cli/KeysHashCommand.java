// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * {@code penstock keys hash}. The key is never an argument: arguments are seen by every user of the machine, and stay in the
 * shell's history. Confined to the main thread.
 */
@Command(
        name = "hash",
        mixinStandardHelpOptions = true,
        description = {
            "Print what the plugin key-auth needs to know a key by.",
            "The key is asked for, or read from standard input; it is never an argument."
        },
        footer = {"", "  openssl rand -hex 32 | tee team-a.key | penstock keys hash"})
final class KeysHashCommand implements Callable<Integer> {

    /** Below this a key could be guessed from its hash. */
    private static final int SHORTEST = 20;

    private final Shell shell;

    KeysHashCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws IOException {
        String key = shell.input().secret("Key: ").strip();
        if (key.isEmpty()) {
            throw new Failure(ExitCode.USAGE, "no key was given: type it, or pipe it into this command");
        }
        if (key.length() < SHORTEST) {
            shell.say("warning: a key of " + key.length() + " characters can be guessed from its hash; use " + SHORTEST
                    + " random ones or more");
        }
        shell.print("sha256:" + sha256(key));
        return ExitCode.OK;
    }

    private static String sha256(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
