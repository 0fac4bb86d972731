// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code penstock init}. Confined to the main thread. */
@Command(
        name = "init",
        mixinStandardHelpOptions = true,
        description = "Write a commented configuration to start from; never overwrites a file.")
final class InitCommand implements Callable<Integer> {

    static final String TEMPLATE = "penstock.yaml";

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "Where to write it; penstock.yaml by default.")
    private Path file = Path.of("penstock.yaml");

    private final Shell shell;

    InitCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        try {
            Files.writeString(file, template(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException exists) {
            throw new Failure(
                    ExitCode.UNAVAILABLE, file + " exists already; move it away or name another file", exists);
        } catch (IOException failed) {
            throw new Failure(ExitCode.UNAVAILABLE, "cannot write " + file + ": " + failed, failed);
        }
        shell.say("wrote " + file + "; next: penstock check " + file + ", then penstock run " + file);
        return ExitCode.OK;
    }

    static String template() throws IOException {
        try (InputStream in = requireNonNull(InitCommand.class.getResourceAsStream(TEMPLATE), TEMPLATE)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
