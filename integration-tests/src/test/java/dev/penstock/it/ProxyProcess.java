// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The launcher as a process of its own, with its output, its signals and what the operating system knows about it.
 * Thread-safe: concurrent queues filled by two pumps.
 */
final class ProxyProcess implements AutoCloseable {
    /** The heap of the battery. */
    static final String HEAP = "-Xmx256m";

    /** Most proxies here live for seconds: without the late compiler they cost half as much. What is measured runs without these. */
    static final String SHORT_LIVED = HEAP + " -XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

    /** How long the last lines of a process that has ended may take. */
    private static final Duration OUTPUT = Duration.ofSeconds(10);

    private final Process process;
    private final Queue<String> stdout = new ConcurrentLinkedQueue<>();
    private final Queue<String> stderr = new ConcurrentLinkedQueue<>();
    private final List<Thread> pumps;

    private ProxyProcess(Process process) {
        this.process = process;
        this.pumps = List.of(pump(process.getInputStream(), stdout), pump(process.getErrorStream(), stderr));
    }

    /** Starts the launcher with these arguments in a folder of its own; only the given LAB_ and PENSTOCK_ variables are seen. */
    static ProxyProcess start(Path folder, Map<String, String> environment, String... arguments) {
        var command = Stream.concat(Stream.of(Distribution.launcher().toString()), Stream.of(arguments))
                .toList();
        var builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("LAB_") || name.startsWith("PENSTOCK_"));
        var all = new HashMap<>(environment);
        all.putIfAbsent("PENSTOCK_JAVA_HOME", System.getProperty("java.home"));
        all.computeIfAbsent("PENSTOCK_JVM_OPTS", name -> SHORT_LIVED + " " + ClassCache.option(folder));
        builder.environment().putAll(all);
        try {
            return new ProxyProcess(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Thread pump(InputStream in, Queue<String> lines) {
        return Thread.ofVirtual().start(() -> {
            try (var reader = new BufferedReader(new InputStreamReader(in, UTF_8))) {
                reader.lines().forEach(lines::add);
            } catch (IOException | UncheckedIOException e) {
                lines.add("(output ended: " + e + ")");
            }
        });
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    List<String> stdout() {
        return List.copyOf(stdout);
    }

    List<String> stderr() {
        return List.copyOf(stderr);
    }

    /** Both outputs, for messages and for searches. */
    String output() {
        return "--- stdout\n" + String.join("\n", stdout) + "\n--- stderr\n" + String.join("\n", stderr) + "\n";
    }

    /** The end of both outputs, for messages about an end. */
    String lastOutput() {
        List<String> lines = output().lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    }

    /** Sends SIGTERM, and goes on listening to what the process says (Process.destroy would not). */
    void terminate() {
        signal("TERM");
    }

    /** Sends a signal by name, such as HUP. */
    void signal(String name) {
        run("kill", "-" + name, Long.toString(pid()));
    }

    /** The exit code, or nothing if the process is alive after the limit. With the code, its output is there to the last line. */
    OptionalInt awaitExit(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                return OptionalInt.empty();
            }
            for (Thread pump : pumps) {
                assertThat(pump.join(OUTPUT)).as("the output has ended").isTrue();
            }
            return OptionalInt.of(process.exitValue());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    int openFiles() {
        return count(Path.of("/proc/" + pid() + "/fd"));
    }

    private static int count(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return (int) files.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Resident memory in bytes. */
    long residentBytes() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid() + "/status"))) {
            String line = lines.filter(l -> l.startsWith("VmRSS:")).findFirst().orElseThrow();
            return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** User and system time used so far. */
    Duration cpuTime() {
        return process.info().totalCpuDuration().orElseThrow();
    }

    /** What jcmd would say to this command. */
    String jcmd(String... command) {
        return new AttachedJvm(pid()).command(String.join(" ", command));
    }

    static String run(String... command) {
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(List.of(command) + " failed: " + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Ends the process, politely only if that is quick. */
    @Override
    public void close() {
        process.destroy();
        if (awaitExit(Duration.ofMillis(300)).isEmpty()) {
            process.destroyForcibly();
            awaitExit(Duration.ofSeconds(10));
        }
    }
}
