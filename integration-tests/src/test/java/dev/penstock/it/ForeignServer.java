// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.Patience;
import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RawHttpClient;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A server that nobody here wrote, on a port that stays the same when it is killed and started again. It streams chat events that
 * name it, and writes down which requests it executed, by their idempotency keys. Confined to the test's thread.
 */
final class ForeignServer implements AutoCloseable {
    private final Kind kind;
    private final int port = Ports.free();
    private final Path folder;
    private final File log;
    private Optional<Process> process = Optional.empty();

    /** Which server. */
    enum Kind {
        NGINX,
        NODE,
        PYTHON;

        /** The word in its events. */
        String mark() {
            return "\"model\":\"" + name() + "\"";
        }

        List<String> events() {
            return ProviderEvents.chat(20).stream()
                    .map(event -> event.replace("\"model\":\"lab\"", mark()))
                    .toList();
        }
    }

    ForeignServer(Kind kind) throws IOException {
        this.kind = kind;
        this.folder = Distribution.work(
                "foreign-" + kind + "-" + ProcessHandle.current().pid());
        this.log = folder.resolve("executed.log").toFile();
        Files.deleteIfExists(log.toPath());
        Files.writeString(folder.resolve("events.txt"), String.join("", kind.events()));
        start();
    }

    /** Skips the test where one of them is missing. */
    static void assumeInstalled() {
        Node.assumeInstalled();
        Assumptions.assumeTrue(nginx().isPresent(), "nginx is not installed");
        Assumptions.assumeTrue(
                Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                        .anyMatch(path -> Files.isExecutable(Path.of(path, "python3"))),
                "python3 is not installed");
    }

    static Optional<Path> nginx() {
        return List.of(Path.of("/usr/sbin/nginx"), Path.of("/usr/bin/nginx"), Path.of("/usr/local/sbin/nginx")).stream()
                .filter(Files::isExecutable)
                .findFirst();
    }

    Kind kind() {
        return kind;
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    /** Starts it and waits until it listens. */
    void start() throws IOException {
        process = Optional.of(new ProcessBuilder(command())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        kind == Kind.NGINX ? folder.resolve("output.log").toFile() : log))
                .start());
        eventually(Patience.seconds(10), () -> {
            try (var client = RawHttpClient.connect(port)) {
                assertThat(client.socket().isConnected()).isTrue();
            }
        });
    }

    private List<String> command() throws IOException {
        String events = folder.resolve("events.txt").toString();
        Path module = Distribution.module();
        return switch (kind) {
            case NGINX -> List.of(nginx().orElseThrow().toString(), "-c", nginxConfiguration(events));
            case NODE ->
                List.of("node", module.resolve("src/test/node/upstream.mjs").toString(), events, "" + port);
            case PYTHON ->
                List.of("python3", module.resolve("src/test/python/upstream.py").toString(), events, "" + port);
        };
    }

    private String nginxConfiguration(String events) throws IOException {
        String text = """
            daemon off;
            master_process off;
            pid %1$s/nginx.pid;
            error_log %1$s/error.log;
            events { worker_connections 256; }
            http {
              log_format executed '$http_idempotency_key $msec-$request_time';
              access_log %1$s/executed.log executed;
              client_body_temp_path %1$s/body;
              server {
                listen 127.0.0.1:%2$d;
                error_page 405 =200 $uri;
                location / { return 200; access_log off; }
                location = /v1/chat/completions {
                  default_type text/event-stream;
                  limit_rate 20k;
                  alias %3$s;
                }
              }
            }
            """.formatted(folder, port, events);
        return Files.writeString(folder.resolve("nginx.conf"), text).toString();
    }

    /** SIGKILL: whatever it was doing ends in the middle. */
    void kill() {
        process.ifPresent(running -> {
            running.destroyForcibly();
            try {
                running.waitFor();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        process = Optional.empty();
    }

    /** One request that it began to execute, and when, in milliseconds. Immutable. */
    record Execution(String request, double at) {}

    List<Execution> executed() {
        try (Stream<String> lines = Files.lines(log.toPath())) {
            // A server that was killed while it wrote has left half a line.
            return lines.filter(line -> line.matches("request-\\d+ [\\d.]+(-[\\d.]+)?"))
                    .map(line -> line.split(" ", 2))
                    .map(words -> new Execution(words[0], millis(words[1])))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Milliseconds, or nginx's seconds of the end without the seconds that it took. */
    private static double millis(String text) {
        String[] parts = text.split("-", 2);
        return parts.length == 1
                ? Double.parseDouble(text)
                : 1000 * (Double.parseDouble(parts[0]) - Double.parseDouble(parts[1]));
    }

    @Override
    public void close() {
        kill();
    }
}
