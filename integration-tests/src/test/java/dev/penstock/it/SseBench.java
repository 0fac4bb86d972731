// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static dev.penstock.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.RawHttpClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * The bench's load generator, as model servers and as clients: native programs, because what measures in the test's own JVM would
 * take the processors from what is measured. Confined to the test's thread.
 */
final class SseBench implements AutoCloseable {
    private static final Pattern REPORT =
            Pattern.compile("events (\\d+) .* delay us p50 (-?\\d+) p90 \\S+ p99 (-?\\d+) ");

    private final Path program = Distribution.work("bench").resolve("ssebench");
    private final List<Process> processes = new ArrayList<>();

    /** Compiles it; without a compiler the test is skipped. */
    SseBench() {
        Assumptions.assumeTrue(isInstalled("cc"), "no C compiler is installed");
        Path source = Distribution.module().resolve("bench/ssebench.c");
        ProxyProcess.run("cc", "-O2", "-w", "-o", program.toString(), source.toString());
    }

    private static boolean isInstalled(String command) {
        return Stream.of(System.getenv("PATH").split(":", -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
    }

    /** Starts a model server whose streams never end; a pace of zero is as fast as the socket takes. Returns its URL. */
    String serve(Duration pace) {
        int port = Ports.free();
        start("up", port, "--events", "2000000000", "--interval-us", Long.toString(pace.toNanos() / 1000));
        eventually(Duration.ofSeconds(5), () -> RawHttpClient.connect(port).close());
        return "http://127.0.0.1:" + port;
    }

    /** Starts so many clients, a hundred in a second, who read as fast as they can. */
    Load load(int port, String model, int clients, int seconds) {
        return new Load(start(
                "load",
                port,
                "--model",
                model,
                "--conns",
                Integer.toString(clients),
                "--ramp-us",
                "10000",
                "--seconds",
                Integer.toString(seconds)));
    }

    private Process start(String role, int port, String... options) {
        var command = new ArrayList<>(List.of(program.toString(), role, "--port", Integer.toString(port)));
        command.addAll(List.of(options));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            processes.add(process);
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Clients that are at work. Confined to the test's thread. */
    record Load(Process process) {
        boolean isRunning() {
            return process.isAlive();
        }

        /** Waits until they are done, and tells what they saw. */
        Seen await() throws IOException {
            String report = new String(process.getInputStream().readAllBytes(), UTF_8);
            Matcher m = REPORT.matcher(report);
            assertThat(m.find()).as("a report in %s", report).isTrue();
            return new Seen(Long.parseLong(m.group(1)), micros(m.group(2)), micros(m.group(3)));
        }

        private static Duration micros(String text) {
            return Duration.ofNanos(Long.parseLong(text) * 1000);
        }
    }

    /** Events that came, and how long after they were written. Immutable. */
    record Seen(long events, Duration median, Duration p99) {}

    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
    }
}
