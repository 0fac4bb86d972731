// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.EventDecision;
import dev.penstock.spi.Hook;
import dev.penstock.spi.LastResult;
import dev.penstock.spi.Plugin;
import dev.penstock.spi.RequestDecision;
import dev.penstock.spi.RequestDraft;
import dev.penstock.spi.ResponseDecision;
import dev.penstock.spi.ResponseHead;
import dev.penstock.spi.StreamEvent;
import dev.penstock.spi.StreamFilter;
import dev.penstock.spi.StreamInfo;
import dev.penstock.spi.StreamObserver;
import dev.penstock.spi.StreamOutcome;
import dev.penstock.spi.StreamSummary;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ChainOrderTest {

    @Test
    void observersOpenFirstRequestsGoDownEventsGoUpAndFinishIsTheReverseOfOpening() {
        try (var chain = new ChainFixture()) {
            chain.add("one", true, Set.of(), Set.of(), new Noting("one", chain.log))
                    .add("two", true, Set.of(), Set.of(), new Noting("two", chain.log));
            new FakeExchange(chain.open()).run("a");
            assertThat(chain.log.stream().filter(line -> !line.contains("lane")).toList())
                    .containsExactly(
                            "open observer one",
                            "open observer two",
                            "open filter one",
                            "open filter two",
                            "request one",
                            "request two",
                            "head two",
                            "head one",
                            "event two",
                            "event one",
                            "before last two",
                            "before last one",
                            "last one",
                            "last two",
                            "finish filter two",
                            "finish filter one",
                            "finish observer two",
                            "finish observer one");
        }
    }

    @Test
    void onlyDeclaredHooksAreCalled() {
        try (var chain = new ChainFixture()) {
            chain.add("one", true, Set.of(Hook.REQUEST), Set.of(), new Noting("one", chain.log));
            StreamHooks hooks = chain.open();
            assertThat(hooks.wantsEvents()).isFalse();
            assertThat(hooks.observes()).isFalse();
            new FakeExchange(hooks).run("a");
            assertThat(chain.log).containsExactly("open filter one", "request one", "finish filter one");
        }
    }

    @Test
    void whatOneFilterChangesTheNextOneSees() {
        try (var chain = new ChainFixture()) {
            chain.filter("alias", true, () -> new StreamFilter() {
                @Override
                public RequestDecision onRequest(RequestDraft request) {
                    request.routeTo("big");
                    request.consumer("team-blue");
                    request.replaceHeader("X-Team", "green");
                    request.removeHeader("X-Gone");
                    return RequestDecision.proceed();
                }
            });
            chain.filter("sees", true, () -> new StreamFilter() {
                @Override
                public RequestDecision onRequest(RequestDraft request) {
                    chain.log.add(request.model() + " " + request.consumer() + " " + request.headers("X-TEAM"));
                    request.replaceBody("small".getBytes(StandardCharsets.UTF_8));
                    chain.log.add(request.model() + " " + request.streaming());
                    return RequestDecision.proceed();
                }
            });
            PluginRequest before = ChainFixture.request();
            HookAnswer answer = chain.open().onRequest(before);
            assertThat(chain.log).containsExactly("big Optional[team-blue] [green]", "small false");
            assertThat(answer).isInstanceOfSatisfying(HookAnswer.Proceed.class, proceed -> {
                assertThat(proceed.request().consumer()).contains("team-blue");
                assertThat(proceed.request().body()).isNotSameAs(before.body());
                assertThat(proceed.request().headers()).containsEntry("x-team", List.of("green"));
            });
        }
    }

    @Test
    void aRequestThatNobodyChangesComesOutAsItWentIn() {
        try (var chain = new ChainFixture()) {
            chain.filter("idle", true, () -> new StreamFilter() {});
            PluginRequest before = ChainFixture.request();
            assertThat(chain.open().onRequest(before)).isEqualTo(new HookAnswer.Proceed(before));
        }
    }

    @Test
    void aRefusalStopsTheChainAndObserversStillFinish() {
        try (var chain = new ChainFixture()) {
            chain.filter("deny", true, () -> new StreamFilter() {
                        @Override
                        public RequestDecision onRequest(RequestDraft request) {
                            return RequestDecision.reject(403, "no", "No.");
                        }
                    })
                    .add("after", true, Set.of(), Set.of(), new Noting("after", chain.log));
            FakeExchange exchange = new FakeExchange(chain.open()).run("a");
            assertThat(exchange.client).containsExactly("403 no");
            assertThat(chain.log)
                    .containsExactly(
                            "open observer after", "open filter after", "finish filter after", "finish observer after");
        }
    }

    @Test
    void anAnswerIsACompletedStream() {
        try (var chain = new ChainFixture()) {
            chain.filter("cache", true, () -> new StreamFilter() {
                @Override
                public RequestDecision onRequest(RequestDraft request) {
                    return RequestDecision.answer(200, Map.of(), "cached".getBytes(StandardCharsets.UTF_8));
                }

                @Override
                public void onFinish(StreamOutcome outcome, StreamSummary summary) {
                    chain.log.add(outcome.kind().label());
                }
            });
            FakeExchange exchange = new FakeExchange(chain.open()).run("a");
            assertThat(exchange.client).containsExactly("200 cached");
            assertThat(chain.log).containsExactly("completed");
        }
    }

    @Test
    void aDraftIsDeadAfterItsCall() {
        try (var chain = new ChainFixture()) {
            RequestDraft[] kept = new RequestDraft[1];
            chain.filter("keeps", true, () -> new StreamFilter() {
                @Override
                public RequestDecision onRequest(RequestDraft request) {
                    kept[0] = request;
                    return RequestDecision.proceed();
                }
            });
            chain.open().onRequest(ChainFixture.request());
            assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> kept[0].routeTo("x")))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void headFiltersChangeHeadersUpwards() {
        try (var chain = new ChainFixture()) {
            chain.filter("outer", true, () -> new StreamFilter() {
                        @Override
                        public ResponseDecision onResponseHead(ResponseHead head) {
                            chain.log.add(head.header("x-inner").orElse("none"));
                            return ResponseDecision.replaceHeaders(Map.of("x-outer", "2"), Set.of("x-inner"));
                        }
                    })
                    .filter("inner", true, () -> new StreamFilter() {
                        @Override
                        public ResponseDecision onResponseHead(ResponseHead head) {
                            return ResponseDecision.replaceHeaders(Map.of("x-inner", "1"));
                        }
                    });
            StreamHooks hooks = chain.open();
            HeadAnswer answer = hooks.onResponseHead(ChainFixture.HEAD);
            assertThat(chain.log).containsExactly("1");
            assertThat(answer)
                    .isInstanceOfSatisfying(
                            HeadAnswer.Proceed.class,
                            proceed -> assertThat(proceed.head().fields()).containsOnlyKeys("content-type", "x-outer"));
        }
    }

    @Test
    void theContextClassLoaderIsThePluginsAndIsPutBack() {
        try (var chain = new ChainFixture()) {
            ClassLoader mine = new ClassLoader() {};
            ClassLoader[] seen = new ClassLoader[1];
            chain.filter("looks", true, () -> new StreamFilter() {
                @Override
                public RequestDecision onRequest(RequestDraft request) {
                    seen[0] = Thread.currentThread().getContextClassLoader();
                    return RequestDecision.proceed();
                }
            });
            StreamHooks hooks = chain.open();
            ClassLoader before = Thread.currentThread().getContextClassLoader();
            Thread.currentThread().setContextClassLoader(mine);
            try {
                hooks.onRequest(ChainFixture.request());
                assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(mine);
                assertThat(seen[0]).isSameAs(ChainOrderTest.class.getClassLoader());
            } finally {
                Thread.currentThread().setContextClassLoader(before);
            }
        }
    }

    @Test
    void anEmptyChainCostsNothing() {
        try (var chain = new ChainFixture()) {
            assertThat(chain.open()).isSameAs(StreamHooks.none());
            assertThat(new FakeExchange(chain.open()).run("a", "b").client)
                    .containsExactly("head [content-type]", "raw:a", "raw:b", "LAST");
        }
    }

    /** Writes down every call. */
    private record Noting(String name, List<String> log) implements Plugin {
        @Override
        public Optional<StreamFilter> filter(StreamInfo stream) {
            log.add("open filter " + name);
            return Optional.of(new StreamFilter() {
                @Override
                public RequestDecision onRequest(RequestDraft request) {
                    log.add("request " + name);
                    return RequestDecision.proceed();
                }

                @Override
                public ResponseDecision onResponseHead(ResponseHead head) {
                    log.add("head " + name);
                    return ResponseDecision.proceed();
                }

                @Override
                public EventDecision onEvent(StreamEvent event) {
                    log.add("event " + name);
                    return EventDecision.forward();
                }

                @Override
                public EventDecision beforeLast() {
                    log.add("before last " + name);
                    return EventDecision.forward();
                }

                @Override
                public void onFinish(StreamOutcome outcome, StreamSummary summary) {
                    log.add("finish filter " + name);
                }
            });
        }

        @Override
        public Optional<StreamObserver> observer(StreamInfo stream) {
            log.add("open observer " + name);
            return Optional.of(new StreamObserver() {
                @Override
                public void onStart(ResponseHead head) {
                    log.add("lane start " + name);
                }

                @Override
                public void onEvent(StreamEvent event) {
                    log.add("lane event " + name);
                }

                @Override
                public LastResult onLast(StreamEvent last, StreamSummary summary) {
                    log.add("last " + name);
                    return LastResult.none();
                }

                @Override
                public void onFinish(StreamOutcome outcome, StreamSummary summary) {
                    log.add("finish observer " + name);
                }
            });
        }
    }
}
