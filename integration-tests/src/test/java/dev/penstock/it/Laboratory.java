// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.Metrics;
import dev.penstock.testing.Patience;
import dev.penstock.testing.Playbook;
import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.RawRequest;
import dev.penstock.testing.RecordedRequest;
import dev.penstock.testing.Response;
import dev.penstock.testing.Script;
import dev.penstock.testing.ScriptedUpstream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A packaged proxy with three scripted upstreams behind it, and what a test says about itself. Thread-safe: concurrent queues; the
 * rest belongs to the test's thread.
 */
final class Laboratory implements AutoCloseable {
    static final String PROBE_MODEL = "quiescence-probe";

    private final List<ScriptedUpstream> upstreams;
    private final PackagedProxy proxy;
    private final String probeKey;
    private final Quiescence quiescence;
    private final Queue<String> canaries = new ConcurrentLinkedQueue<>();
    private final Queue<Response> errorsSeen = new ConcurrentLinkedQueue<>();
    private final Queue<String> declaredErrors = new ConcurrentLinkedQueue<>();
    private Metrics before;

    private Laboratory(List<ScriptedUpstream> upstreams, PackagedProxy proxy, String probeKey) {
        this.probeKey = probeKey;
        this.upstreams = List.copyOf(upstreams);
        this.proxy = proxy;
        this.before = Metrics.parse("");
        this.quiescence = new Quiescence(this);
    }

    /** Starts three upstreams and a proxy with these variables; keys are canaries from the start. */
    static Laboratory open(Map<String, String> variables) {
        return open(Distribution.lab(), variables);
    }

    static Laboratory open(Map<String, String> variables, Class<? extends LabPlugins> plugins) {
        PackagedProxy.Setting setting = PackagedProxy.setting(plugins, variables);
        return open(
                setting.config(), setting.environment(), LabPlugins.of(plugins).probeKey());
    }

    /** Starts one with a configuration of the test's own, which knows the lab's variables. */
    static Laboratory open(Path config, Map<String, String> variables) {
        return open(config, variables, "");
    }

    private static Laboratory open(Path config, Map<String, String> variables, String probeKey) {
        return prepared(openUntried(config, variables, probeKey), laboratory -> laboratory.quiescence.tryOut());
    }

    /** Starts one whose variables leave no way for a stream to complete. */
    static Laboratory openBroken(Map<String, String> variables) {
        return prepared(
                openUntried(Distribution.lab(), variables, ""), laboratory -> laboratory.call(Calls.chat("first")));
    }

    private static Laboratory prepared(Laboratory laboratory, Preparation preparation) {
        try {
            preparation.run(laboratory);
            laboratory.quiescence.takeBaseline();
            laboratory.begin();
            return laboratory;
        } catch (Exception | AssertionError e) {
            String output = laboratory.proxy.process().lastOutput();
            laboratory.close();
            throw new AssertionError("the laboratory cannot be used:\n" + output, e);
        }
    }

    /** What is done with a laboratory before its first test. */
    @FunctionalInterface
    private interface Preparation {
        void run(Laboratory laboratory) throws Exception;
    }

    private static Laboratory openUntried(Path config, Map<String, String> variables, String probeKey) {
        var upstreams = new ArrayList<ScriptedUpstream>();
        var environment = new HashMap<String, String>();
        var keys = new ArrayList<String>();
        for (int n = 1; n <= 3; n++) {
            var upstream = ScriptedUpstream.start(Script.stream(ProviderEvents.chat(3)));
            upstreams.add(upstream);
            keys.add("key-" + n + "-" + UUID.randomUUID());
            environment.put("LAB_UPSTREAM_" + n, upstream.url());
            environment.put("LAB_KEY_" + n, keys.getLast());
        }
        environment.putAll(variables);
        var laboratory = new Laboratory(upstreams, PackagedProxy.start(config, environment), probeKey);
        laboratory.canaries.addAll(keys);
        return laboratory;
    }

    /** Before a test: upstreams forget and stream three tokens to whoever asks. */
    void begin() {
        for (int n = 1; n <= 3; n++) {
            play(n, request -> Script.stream(ProviderEvents.chat(3)));
            upstream(n).forget();
        }
        errorsSeen.clear();
        declaredErrors.clear();
        before = proxy.metrics();
        quiescence.begin();
    }

    void check(boolean freshStream) {
        quiescence.check(freshStream);
    }

    /** What the fresh stream of the quiescence check asks for. */
    RawRequest probe() {
        RawRequest request = Calls.chat(PROBE_MODEL).consumer("quiescence").header("Connection", "close");
        return probeKey.isEmpty() ? request : request.header("Authorization", "Bearer " + probeKey);
    }

    PackagedProxy proxy() {
        return proxy;
    }

    ScriptedUpstream upstream() {
        return upstream(1);
    }

    ScriptedUpstream upstream(int number) {
        return upstreams.get(number - 1);
    }

    List<ScriptedUpstream> upstreams() {
        return upstreams;
    }

    /** The first upstream plays this for every request of the test. */
    void play(Script script) {
        play(1, request -> script);
    }

    void play(Playbook playbook) {
        play(1, playbook);
    }

    void play(int upstream, Playbook playbook) {
        upstream(upstream).play(new ProbeAnswering(playbook));
    }

    /** Answers the fresh stream of the quiescence check whatever the test's script says. Immutable. */
    private record ProbeAnswering(Playbook playbook) implements Playbook {
        @Override
        public Script choose(RecordedRequest request) {
            return request.mentions(PROBE_MODEL) ? Script.stream(ProviderEvents.chat(3)) : playbook.choose(request);
        }

        @Override
        public boolean readsBody(RecordedRequest request) {
            return playbook.readsBody(request);
        }
    }

    RawHttpClient connect() {
        return RawHttpClient.connect(proxy.port());
    }

    RawHttpClient connect(int receiveBuffer) {
        return RawHttpClient.connect(proxy.port(), receiveBuffer);
    }

    /** One request on a connection of its own. */
    Response call(RawRequest request) throws IOException {
        try (var client = connect()) {
            return noticed(client.exchange(request));
        }
    }

    /** A stream that is over for the proxy too: what it has learned from it holds for the next, and not a moment later. */
    Response callToTheEnd(RawRequest request) throws IOException {
        double ended = growth("penstock_streams_total");
        Response response = call(request);
        eventually(
                Patience.seconds(5),
                () -> assertThat(growth("penstock_streams_total"))
                        .as("streams that have ended")
                        .isEqualTo(ended + 1));
        return response;
    }

    /** Remembers a response for the checks on what clients may see. */
    Response noticed(Response response) {
        if (response.status() >= 400) {
            errorsSeen.add(response);
        }
        return response;
    }

    /** Runs a call so many times at once, each on a virtual thread, and gives the results in order. */
    <T> List<T> atOnce(int count, IndexedCall<T> call) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var futures = new ArrayList<Future<T>>();
            for (int i = 0; i < count; i++) {
                int index = i;
                Callable<T> task = () -> call.run(index);
                futures.add(threads.submit(task));
            }
            var results = new ArrayList<T>();
            for (Future<T> future : futures) {
                results.add(result(future));
            }
            return results;
        }
    }

    private static <T> T result(Future<T> future) throws Exception {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw new AssertionError(e.getCause());
        }
    }

    /** One of several calls at once. */
    @FunctionalInterface
    interface IndexedCall<T> {
        T run(int index) throws Exception;
    }

    /** A secret that must never be seen in any output. */
    String canary(String name) {
        String canary = "canary-" + name + "-" + UUID.randomUUID();
        canaries.add(canary);
        return canary;
    }

    List<String> canaries() {
        return List.copyOf(canaries);
    }

    List<Response> errorsSeen() {
        return List.copyOf(errorsSeen);
    }

    /** This test provokes ERROR lines that contain this. */
    void declareErrorLog(String fragment) {
        declaredErrors.add(fragment);
    }

    List<String> declaredErrors() {
        return List.copyOf(declaredErrors);
    }

    Metrics before() {
        return before;
    }

    /** The streams that ended since the test began, by outcome, are exactly these. */
    void assertOutcomes(Map<String, Long> expected) {
        eventually(
                Patience.seconds(5),
                () -> assertThat(outcomes())
                        .as("growth of penstock_streams_total by outcome")
                        .isEqualTo(expected));
    }

    void assertOutcome(String outcome, long count) {
        assertOutcomes(Map.of(outcome, count));
    }

    Map<String, Long> outcomes() {
        return proxy.metrics().growth(before, "penstock_streams_total", "outcome");
    }

    /** The refusals since the test began, by reason, are exactly these. */
    void assertRefusals(Map<String, Long> expected) {
        eventually(
                Patience.seconds(5),
                () -> assertThat(refusals())
                        .as("growth of penstock_rejected_total by reason")
                        .isEqualTo(expected));
    }

    Map<String, Long> refusals() {
        return proxy.metrics().growth(before, "penstock_rejected_total", "reason");
    }

    /** How much a metric, all its series together, has grown since the test began. */
    double growth(String name, String... labels) {
        return proxy.metrics().sum(name, labels) - before.sum(name, labels);
    }

    @Override
    public void close() {
        proxy.close();
        upstreams.forEach(ScriptedUpstream::close);
    }
}
