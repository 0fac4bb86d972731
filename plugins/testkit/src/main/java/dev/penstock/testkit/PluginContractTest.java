// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.penstock.spi.Hook;
import dev.penstock.spi.PluginFactory;
import dev.penstock.spi.StreamFilter;
import dev.penstock.spi.StreamObserver;
import dev.penstock.spi.StreamOutcome;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * What every plugin must keep to, whatever it does. Extend it, say what the plugin is and what its documentation gives as an
 * example, and the tests run.
 *
 * <pre>{@code
 * final class UsageLogContractTest extends PluginContractTest {
 *     protected PluginFactory<?> factory() { return new UsageLogFactory(); }
 *     protected String exampleConfig() { return "prices: {small: {input: 0.5, output: 1.5}}"; }
 * }
 * }</pre>
 */
public abstract class PluginContractTest {
    private static final Pattern ID = Pattern.compile("[a-z][a-z0-9-]{0,39}");
    private static final int MANY = 100;

    private static final Map<String, Hook> FILTER_HOOKS = Map.of(
            "onRequest", Hook.REQUEST,
            "onResponseHead", Hook.RESPONSE_HEAD,
            "onEvent", Hook.EVENT,
            "onHoldLimit", Hook.EVENT,
            "beforeLast", Hook.EVENT);

    /** The plugin. */
    protected abstract PluginFactory<?> factory();

    /** The configuration that its documentation gives as an example, as it would stand below {@code config:}. */
    protected abstract String exampleConfig();

    /** A request that the example configuration lets pass. */
    protected HarnessRequest request() {
        return HarnessRequest.openAiChat("example-model", "Hello");
    }

    /** Events that the example configuration lets pass. */
    protected List<String> events() {
        return List.of(
                "{\"choices\":[{\"delta\":{\"content\":\"Hello\"}}]}",
                "{\"choices\":[{\"delta\":{\"content\":\" you\"}}]}");
    }

    /** Whether the same request with the same events always gives the client the same. */
    protected boolean isDeterministic() {
        return true;
    }

    @Test
    final void itsIdIsAName() {
        assertThat(factory().id()).matches(ID);
    }

    @Test
    final void itsHeavyHooksAreAmongItsHooks() {
        assertThat(factory().hooks()).isNotEmpty().containsAll(factory().heavyHooks());
    }

    @Test
    final void itsDocumentedExampleWorks() {
        try (PluginHarness harness = open()) {
            HarnessStream stream = run(harness);
            assertThat(harness.errors()).isEmpty();
            assertThat(stream.outcome().kind()).isEqualTo(StreamOutcome.Kind.COMPLETED);
        }
    }

    @Test
    final void anUnknownKeyIsRefused() {
        assertThat(PluginHarness.problems(factory(), exampleConfig() + "\nno_such_key: 1"))
                .anySatisfy(problem -> assertThat(problem).contains("no_such_key"));
    }

    @Test
    final void whatItOverridesItDeclares() {
        try (PluginHarness harness = open()) {
            run(harness);
            Set<Hook> used = new TreeSet<>();
            plugin(harness).objects().forEach(object -> used.addAll(overridden(object)));
            assertThat(factory().hooks()).containsAll(used);
        }
    }

    private static Set<Hook> overridden(Object object) {
        if (object instanceof StreamObserver) {
            return Set.of(Hook.OBSERVE);
        }
        return Arrays.stream(object.getClass().getMethods())
                .filter(method -> !method.getDeclaringClass().equals(StreamFilter.class))
                .map(Method::getName)
                .filter(FILTER_HOOKS::containsKey)
                .map(FILTER_HOOKS::get)
                .collect(Collectors.toSet());
    }

    @Test
    final void itEndsWellHoweverAStreamEnds() {
        try (PluginHarness harness = open()) {
            for (StreamOutcome.Kind kind : StreamOutcome.Kind.values()) {
                harness.stream(request()).finish(kind);
                harness.stream(request()).begin().finish(kind);
                HarnessStream stream = harness.stream(request()).begin();
                events().forEach(stream::event);
                stream.finish(kind);
            }
            assertThat(harness.errors()).isEmpty();
            assertThat(plugin(harness).finished()).isEqualTo(plugin(harness).opened());
        }
    }

    @Test
    final void itsStreamsDoNotKnowEachOther() throws InterruptedException {
        try (PluginHarness harness = open()) {
            List<String> alone = run(harness).client();
            List<List<String>> together = new CopyOnWriteArrayList<>();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                threads.add(
                        Thread.ofVirtual().start(() -> together.add(run(harness).client())));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(harness.errors()).isEmpty();
            assertThat(together).hasSize(MANY);
            if (isDeterministic()) {
                assertThat(together).containsOnly(alone);
            }
        }
    }

    @Test
    final void itSurvivesThatStreamsAreCancelled() throws InterruptedException {
        try (PluginHarness harness = open()) {
            for (int i = 0; i < MANY; i++) {
                HarnessStream[] stream = new HarnessStream[1];
                Thread thread = Thread.ofVirtual().start(() -> {
                    stream[0] = harness.stream(request());
                    Thread.ofVirtual().start(stream[0]::cancel);
                    stream[0].run(events().toArray(String[]::new));
                });
                thread.join();
            }
            HarnessStream after = run(harness);
            assertThat(after.outcome().kind()).isEqualTo(StreamOutcome.Kind.COMPLETED);
        }
    }

    @Test
    final void itMayBeClosedTwice() {
        PluginHarness harness = open();
        CountedPlugin plugin = plugin(harness);
        harness.close();
        assertThatCode(plugin::close).doesNotThrowAnyException();
    }

    @Test
    final void itLeavesNoThreads() {
        LeftThreads threads = LeftThreads.sinceNow();
        try (PluginHarness harness = open()) {
            run(harness);
        }
        assertThat(threads.names()).isEmpty();
    }

    private PluginHarness open() {
        return PluginHarness.of(factory(), exampleConfig());
    }

    private HarnessStream run(PluginHarness harness) {
        return harness.stream(request()).run(events().toArray(String[]::new));
    }

    private static CountedPlugin plugin(PluginHarness harness) {
        return harness.factory().orElseThrow().created().getFirst();
    }
}
