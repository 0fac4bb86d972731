// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static dev.penstock.testing.Eventually.eventually;
import static dev.penstock.testing.Patience.patient;
import static dev.penstock.testing.Patience.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.Metrics;
import dev.penstock.testing.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The check after every test, and the real test: within five seconds of the last client leaving, nothing of the test is left in the
 * proxy but its counters. Each item is named as in the reliability contract. Confined to the test's thread.
 */
final class Quiescence {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final int SPARE = 5;
    private static final Pattern EXCEPTION_NAME = Pattern.compile(
            "\\b(?:[a-z][\\w$]*\\.){2,}[A-Z]\\w*|\\b[A-Z]\\w+(?:Exception|Error)\\b(?=:|\\s*at )|\\n\\s+at ");
    private static final Pattern ERROR_LINE = Pattern.compile("\"level\"\\s*:\\s*\"ERROR\"|(^|\\s)ERROR\\s");

    private final Laboratory lab;
    private int baseFiles;
    private int baseVirtual;
    private int basePlatform;
    private int stdoutSeen;
    private int stderrSeen;

    Quiescence(Laboratory lab) {
        this.lab = lab;
    }

    /** Does a first stream, so that classes are loaded and pools are warm. */
    void tryOut() {
        eventually(seconds(15), () -> {
            List<String> violations = new ArrayList<>();
            freshStream(violations);
            assertThat(violations).as("the first stream after the start").isEmpty();
        });
        eventually(
                seconds(5),
                () -> assertThat(upstreamBusy())
                        .as("busy connections of the first stream")
                        .isZero());
    }

    /** What the proxy holds while it does nothing, once its pools have the threads that a few callers at once need. */
    void takeBaseline() throws Exception {
        lab.atOnce(8, i -> lab.proxy().admin("/readyz"));
        var threads = lab.proxy().threads();
        baseFiles = ownFiles();
        baseVirtual = ownVirtual(threads);
        basePlatform = threads.platform().size();
    }

    void begin() {
        stdoutSeen = process().stdout().size();
        stderrSeen = process().stderr().size();
    }

    private ProxyProcess process() {
        return lab.proxy().process();
    }

    /** Open files without the pooled upstream connections, which are counted by Q4. */
    private int ownFiles() {
        return process().openFiles() - upstreamConnections();
    }

    /** Virtual threads without the watchers of pooled upstream connections. */
    private int ownVirtual(PackagedProxy.Threads threads) {
        return threads.virtual().size() - upstreamConnections();
    }

    private int upstreamConnections() {
        return lab.upstreams().stream()
                .mapToInt(upstream -> upstream.liveConnections())
                .sum();
    }

    private int upstreamBusy() {
        return lab.upstreams().stream()
                .mapToInt(upstream -> upstream.busyConnections())
                .sum();
    }

    void check(boolean freshStream) {
        var violations = new ArrayList<String>();
        try {
            eventually(patient(LIMIT), () -> {
                violations.clear();
                atRest(violations);
                if (!violations.isEmpty()) {
                    throw new AssertionError(violations);
                }
            });
            violations.clear();
        } catch (AssertionError e) {
            // The violations of the last look are the message.
            violations.addFirst("not at rest " + LIMIT + " after the test:");
        }
        secrets(violations);
        alive(violations, freshStream);
        errors(violations);
        if (!violations.isEmpty()) {
            throw new AssertionError("not quiescent:\n  " + String.join("\n  ", violations));
        }
    }

    private void atRest(List<String> violations) {
        if (!process().isAlive()) {
            violations.add("Q7 the process has ended:\n" + process().lastOutput());
            return;
        }
        Metrics now = lab.proxy().metrics();
        for (String gauge : List.of(
                "penstock_streams_active",
                "penstock_requests_in_flight",
                "penstock_queue_depth",
                "penstock_upstream_in_flight")) {
            now.samples().stream()
                    .filter(s -> s.name().equals(gauge) && s.value() != 0)
                    .forEach(s -> violations.add("Q1 " + s));
        }
        permits(now, violations);
        counters(now, violations);
        if (upstreamBusy() > 0) {
            violations.add("Q4 " + upstreamBusy() + " upstream connections are not idle");
        }
        resources(violations);
    }

    private static void permits(Metrics now, List<String> violations) {
        Map<String, Double> limits = now.by("penstock_permits_limit", "scope");
        Map<String, Double> available = now.by("penstock_permits_available", "scope");
        limits.forEach((scope, limit) -> {
            if (!limit.equals(available.get(scope))) {
                violations.add("Q2 permits of scope " + scope + ": " + available.get(scope) + " of " + limit);
            }
        });
    }

    private void counters(Metrics now, List<String> violations) {
        double streams = now.sum("penstock_streams_total") - lab.before().sum("penstock_streams_total");
        double requests = now.sum("penstock_requests_total") - lab.before().sum("penstock_requests_total");
        if (streams > requests) {
            violations.add("Q3 " + streams + " streams ended of " + requests + " requests");
        }
    }

    private void resources(List<String> violations) {
        int files = ownFiles();
        if (files > baseFiles + SPARE) {
            violations.add("Q5 " + files + " open files, " + baseFiles + " at the start");
        }
        if (!violations.isEmpty()) {
            return;
        }
        var threads = lab.proxy().threads();
        int virtual = ownVirtual(threads);
        if (virtual > baseVirtual + SPARE) {
            violations.add("Q5 " + virtual + " virtual threads, " + baseVirtual + " at the start: "
                    + names(threads.virtual()));
        }
        if (threads.platform().size() > basePlatform + SPARE) {
            violations.add("Q5 " + threads.platform().size() + " platform threads, " + basePlatform + " at the start: "
                    + names(threads.platform()));
        }
        if (!threads.virtualNamed("stream-").isEmpty()) {
            violations.add("Q5 stream threads are alive: " + threads.virtualNamed("stream-"));
        }
    }

    private static List<String> names(List<PackagedProxy.Threads.One> threads) {
        return threads.stream().map(thread -> thread.name() + thread.top()).toList();
    }

    private void secrets(List<String> violations) {
        if (!process().isAlive()) {
            return;
        }
        String output = process().output();
        for (String canary : lab.canaries()) {
            if (output.contains(canary)) {
                violations.add("Q6 " + canary + " is in the output");
            }
            for (String page : List.of("/metrics", "/config", "/clusters", "/streams")) {
                if (adminText(page).contains(canary)) {
                    violations.add("Q6 " + canary + " is on " + page);
                }
            }
            lab.errorsSeen().stream()
                    .filter(response -> (response.head().message().raw() + response.text()).contains(canary))
                    .forEach(response -> violations.add("Q6 " + canary + " is in " + response));
        }
    }

    private String adminText(String page) {
        try {
            return lab.proxy().admin(page).text();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void alive(List<String> violations, boolean freshStream) {
        if (!process().isAlive()) {
            return;
        }
        try {
            int ready = lab.proxy().admin("/readyz").status();
            if (ready != 200) {
                violations.add("Q7 /readyz answers " + ready);
            }
        } catch (IOException e) {
            violations.add("Q7 /readyz does not answer: " + e);
        }
        if (freshStream) {
            freshStream(violations);
        }
    }

    private void freshStream(List<String> violations) {
        try {
            double counted = streams();
            Response response = lab.call(lab.probe());
            // It is counted a moment after the client has its end; the next test must not find it among its own.
            eventually(seconds(5), () -> assertThat(streams()).isEqualTo(counted + 1));
            if (response.status() != 200
                    || !response.end().isClean()
                    || !response.text().endsWith("[DONE]\n\n")) {
                violations.add("Q7 a fresh stream got " + response);
            } else if (response.untilEnd().compareTo(seconds(1)) > 0) {
                violations.add("Q7 a fresh stream took " + response.untilEnd());
            }
        } catch (IOException | UncheckedIOException | AssertionError e) {
            violations.add("Q7 a fresh stream failed: " + e);
        }
    }

    private double streams() {
        return lab.proxy().metrics().sum("penstock_streams_total");
    }

    private Stream<String> newLogLines() {
        return Stream.concat(
                process().stdout().stream().skip(stdoutSeen),
                process().stderr().stream().skip(stderrSeen));
    }

    private void errors(List<String> violations) {
        newLogLines()
                .filter(line -> ERROR_LINE.matcher(line).find())
                .filter(line -> lab.declaredErrors().stream().noneMatch(line::contains))
                .forEach(line -> violations.add("Q8 undeclared error: " + line));
        lab.errorsSeen().stream()
                .filter(response -> EXCEPTION_NAME.matcher(response.text()).find())
                .forEach(response -> violations.add("Q8 internals in an error body: " + response));
    }
}
