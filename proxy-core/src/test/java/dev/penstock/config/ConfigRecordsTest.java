// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Defaults and the full mapping of every section. */
class ConfigRecordsTest {
    private static PenstockConfig with(String text) {
        return Loading.config(text + "\n" + Loading.REST);
    }

    private static ClusterConfig cluster(String keys) {
        return Loading.config("clusters: [{name: a, instances: [{url: \"http://h\"}], " + keys
                        + "}]\nroutes: [{cluster: a}]\n")
                .clusters()
                .getFirst();
    }

    private static RouteConfig route(String keys) {
        return Loading.config("clusters: [{name: a, instances: [{url: \"http://h\"}]}, {name: b, instances: [{url:"
                        + " \"http://h\"}]}]\n"
                        + "routes: [{"
                        + keys + "}]\n")
                .routes()
                .getFirst();
    }

    @Test
    void hasTheDocumentedDefaults() {
        PenstockConfig defaults = PenstockConfig.defaults();
        assertThat(defaults.listen())
                .isEqualTo(new ListenConfig(
                        new HostPort("127.0.0.1", 8080),
                        Optional.empty(),
                        false,
                        Optional.empty(),
                        Optional.of(Duration.ofSeconds(60))));
        assertThat(defaults.admin()).isEqualTo(new AdminConfig(new HostPort("127.0.0.1", 9901), Optional.empty()));
        assertThat(defaults.worker())
                .isEqualTo(new WorkerConfig(
                        1000,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        new QueueConfig(200, Duration.ofSeconds(5)),
                        new TurnConfig(
                                Optional.of(64), Optional.of(new ByteSize(65536)), Optional.of(Duration.ofMillis(2)))));
        assertThat(defaults.consumer()).isEqualTo(new ConsumerConfig.Peer());
        assertThat(defaults.trustedProxies()).isEmpty();
        assertThat(defaults.drain()).isEqualTo(new DrainConfig(Duration.ZERO, Duration.ofSeconds(30)));
        assertThat(defaults.clusters()).isEmpty();
        assertThat(defaults.routes()).isEmpty();
        assertThat(defaults.plugins())
                .isEqualTo(new PluginsConfig(
                        Path.of("plugins"),
                        Optional.empty(),
                        true,
                        Duration.ofSeconds(1),
                        FailureMode.CLOSED,
                        List.of()));
        assertThat(defaults.log()).isEqualTo(new LogConfig(LogConfig.Level.INFO, LogConfig.Format.AUTO));
    }

    @Test
    void hasTheDocumentedDefaultsOfAStream() {
        StreamConfig stream = StreamConfig.defaults();
        assertThat(stream.timeouts())
                .isEqualTo(new TimeoutsConfig(
                        seconds(10), seconds(60), seconds(3), seconds(120), seconds(60), seconds(1800), seconds(30)));
        assertThat(stream.limits())
                .isEqualTo(new LimitsConfig(
                        Optional.of(new ByteSize(64 << 20)),
                        Optional.of(new ByteSize(8 << 20)),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()));
        assertThat(stream.heartbeat()).isEqualTo(seconds(15));
        assertThat(stream.heartbeatBeforeCommit()).isFalse();
        assertThat(stream.onClientAbort()).isEqualTo(new ClientAbort.Abort());
        assertThat(stream.injectUsage()).isFalse();
        assertThat(stream.maskUpstreamAuthErrors()).isTrue();
    }

    private static Optional<Duration> seconds(int seconds) {
        return Optional.of(Duration.ofSeconds(seconds));
    }

    @Test
    void hasTheDocumentedDefaultsOfACluster() {
        ClusterConfig cluster = cluster("");
        assertThat(cluster.dialect()).isEmpty();
        assertThat(cluster.balancer()).isEqualTo(new BalancerConfig.LeastStreams());
        assertThat(cluster.health())
                .isEqualTo(new HealthConfig(
                        new ActiveHealthConfig(
                                Optional.empty(),
                                ActiveHealthConfig.ProbeType.HTTP,
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(1),
                                2,
                                3,
                                new StatusRange(200, 299)),
                        new PassiveHealthConfig(
                                Optional.of(5), Duration.ofSeconds(10), Duration.ofMinutes(5), new Percent(50)),
                        Optional.empty(),
                        HealthConfig.Assume.USABLE,
                        HealthConfig.AllUnhealthy.FAIL));
        assertThat(cluster.retry().attempts()).isEqualTo(2);
        assertThat(cluster.retry().on())
                .extracting(Object::toString)
                .containsExactly("connect_failed", "reset", "429", "5xx");
        assertThat(cluster.retry().within()).hasSeconds(10);
        assertThat(cluster.retry().budget()).isEqualTo(new Percent(20));
        assertThat(cluster.tls()).isEqualTo(UpstreamTlsConfig.defaults());
        assertThat(cluster.dns()).isEmpty();
        assertThat(cluster.instances())
                .containsExactly(new InstanceConfig(
                        "h",
                        URI.create("http://h"),
                        1,
                        0,
                        Optional.empty(),
                        new AuthConfig.None(),
                        Optional.empty(),
                        Map.of()));
    }

    @Test
    void mapsListenersAndWorker() {
        PenstockConfig config = with("""
            listen: {address: "[::]:0", reuse_port: true, max_connections: 9, keep_alive: off}
            admin: {listen: 0.0.0.0:0, token: "${X:-t}"}
            worker:
              max_streams: 1
              max_streams_per_route: 2
              max_streams_per_instance: 3
              max_streams_per_consumer: 4
              queue: {max_waiting: 0, max_wait: 1ms}
              turn: {events: off, bytes: 1B, time: off}
            """);
        assertThat(config.listen())
                .isEqualTo(new ListenConfig(
                        new HostPort("::", 0), Optional.empty(), true, Optional.of(9), Optional.empty()));
        assertThat(config.admin().token()).contains(Secret.of("t"));
        assertThat(config.worker())
                .isEqualTo(new WorkerConfig(
                        1,
                        Optional.of(2),
                        Optional.of(3),
                        Optional.of(4),
                        new QueueConfig(0, Duration.ofMillis(1)),
                        new TurnConfig(Optional.empty(), Optional.of(new ByteSize(1)), Optional.empty())));
    }

    @Test
    void routesWaitAsTheQueueDoesUnlessTheySayOtherwise() {
        String routes = """
            clusters: [{name: a, instances: [{url: "http://h"}]}]
            routes:
              - {match: {model: a}, cluster: a}
              - {match: {model: b}, cluster: a, max_wait: 2s}
              - {match: {model: c}, cluster: a, max_wait: "${NOT_SET:-}"}
            """;

        assertThat(Loading.config("worker: {queue: {max_wait: 7s}}\n" + routes).routes())
                .extracting(RouteConfig::maxWait)
                .containsExactly(Duration.ofSeconds(7), Duration.ofSeconds(2), Duration.ofSeconds(7));
        assertThat(Loading.config(routes).routes())
                .extracting(RouteConfig::maxWait)
                .containsExactly(Duration.ofSeconds(5), Duration.ofSeconds(2), Duration.ofSeconds(5));
    }

    @Test
    void routesStreamAsTheGlobalSectionSaysUnlessTheyWriteSomethingElse() {
        String streams = """
            stream:
              heartbeat: 3s
              timeouts: {request_head: 8s, request_body: 9s}
              inject_usage: true
            clusters: [{name: a, instances: [{url: "http://h"}]}]
            routes:
              - {match: {model: a}, cluster: a, stream: "${NOT_SET:-}"}
              - {match: {model: b}, cluster: a, stream: {heartbeat: "${NOT_SET:-}", timeouts: "${NOT_SET:-}"}}
              - match: {model: c}
                cluster: a
                stream: {timeouts: {request_head: "${NOT_SET:-}", request_body: "${NOT_SET:-}"}}
            """;
        PenstockConfig config = Loading.config(streams);

        assertThat(config.stream().heartbeat()).contains(Duration.ofSeconds(3));
        assertThat(config.routes()).hasSize(3).extracting(RouteConfig::stream).containsOnly(config.stream());
    }

    @Test
    void mapsConsumersProxiesDrainPluginsAndLog() {
        PenstockConfig config = with("""
            consumer: {header: X-Team}
            trusted_proxies: [10.0.0.0/8, "::1"]
            drain: {delay: 5s, deadline: 1m}
            plugins:
              directory: /opt/plugins
              strict: false
              hook_timeout: 2s
              failure_mode: open
              chain:
                - usage-log
                - {id: guard, name: strict-guard, on_error: open, timeout: 200ms, config: {a: 1}}
            log: {level: trace, format: json}
            """);
        assertThat(config.consumer()).isEqualTo(new ConsumerConfig.Header(new HeaderName("x-team")));
        assertThat(config.trustedProxies())
                .extracting(Cidr::toString)
                .containsExactly("10.0.0.0/8", "0:0:0:0:0:0:0:1/128");
        assertThat(config.drain()).isEqualTo(new DrainConfig(Duration.ofSeconds(5), Duration.ofMinutes(1)));
        assertThat(config.plugins().directory()).isEqualTo(Path.of("/opt/plugins"));
        assertThat(config.plugins().strict()).isFalse();
        assertThat(config.plugins().failureMode()).isEqualTo(FailureMode.OPEN);
        assertThat(config.plugins().chain())
                .extracting(PluginEntry::label)
                .containsExactly("usage-log", "strict-guard");
        assertThat(config.plugins().chain().getLast().onError()).contains(FailureMode.OPEN);
        assertThat(config.plugins().chain().getLast().timeout()).contains(Duration.ofMillis(200));
        assertThat(config.log()).isEqualTo(new LogConfig(LogConfig.Level.TRACE, LogConfig.Format.JSON));
    }

    @Test
    void mapsEveryFormOfABalancer() {
        assertThat(cluster("balancer: round_robin").balancer()).isEqualTo(new BalancerConfig.RoundRobin());
        assertThat(cluster("balancer: peak_ewma").balancer()).isEqualTo(new BalancerConfig.PeakEwma());
        assertThat(cluster("balancer: random_two").balancer()).isEqualTo(new BalancerConfig.RandomTwo());
        assertThat(key("{header: X-User}")).isEqualTo(new HashKey.Header(new HeaderName("x-user")));
        assertThat(key("{consumer: true}")).isEqualTo(new HashKey.Consumer());
        assertThat(key("consumer")).isEqualTo(new HashKey.Consumer());
        assertThat(key("{prompt_prefix: 256}")).isEqualTo(new HashKey.PromptPrefix(256));
        assertThat(cluster("balancer: consistent_hash").balancer())
                .isEqualTo(new BalancerConfig.ConsistentHash(new HashKey.Consumer()));
    }

    private static HashKey key(String written) {
        return ((BalancerConfig.ConsistentHash)
                        cluster("balancer: {consistent_hash: " + written + "}").balancer())
                .key();
    }

    @Test
    void mapsHealthRetryTlsAndDns() {
        ClusterConfig cluster = cluster("""
            dialect: anthropic,
            health: {active: {path: /h, type: tcp, interval: 2s, timeout: 3s, healthy_after: 4, unhealthy_after: 5, status: 204},
                     passive: off, slow_start: 30s, assume: unusable, all_unhealthy: try_all},
            retry: {attempts: 5, on: [first_byte_timeout, error_event, 418, 4xx], within: 1s, budget: 100%},
            tls: {server_name: models.internal},
            dns: 5s\
            """);
        assertThat(cluster.dialect()).contains(ClusterDialect.ANTHROPIC);
        assertThat(cluster.health().active())
                .isEqualTo(new ActiveHealthConfig(
                        Optional.of("/h"),
                        ActiveHealthConfig.ProbeType.TCP,
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(3),
                        4,
                        5,
                        new StatusRange(204, 204)));
        assertThat(cluster.health().passive().failures()).isEmpty();
        assertThat(cluster.health().slowStart()).isEqualTo(seconds(30));
        assertThat(cluster.health().assume()).isEqualTo(HealthConfig.Assume.UNUSABLE);
        assertThat(cluster.health().allUnhealthy()).isEqualTo(HealthConfig.AllUnhealthy.TRY_ALL);
        assertThat(cluster.retry().on())
                .extracting(Object::toString)
                .containsExactly("first_byte_timeout", "error_event", "418", "4xx");
        assertThat(cluster.tls().serverName()).contains("models.internal");
        assertThat(cluster.dns()).contains(new DnsConfig(Duration.ofSeconds(5)));
        assertThat(cluster("health: {active: /health}").health().active().enabled())
                .isTrue();
        assertThat(cluster("health: {active: off}").health().active().enabled()).isFalse();
    }

    @Test
    void mapsEveryFormOfCredentials() {
        assertThat(auth("none")).isEqualTo(new AuthConfig.None());
        assertThat(auth("{bearer: \"${K:-k}\"}")).isEqualTo(new AuthConfig.Bearer(Secret.of("k")));
        assertThat(auth("{header: {name: X-Api-Key, value: \"${K:-k}\"}}"))
                .isEqualTo(new AuthConfig.Header(new HeaderName("x-api-key"), Secret.of("k")));
        assertThat(auth("{query: {name: key, value: \"${K:-k}\"}}"))
                .isEqualTo(new AuthConfig.Query("key", Secret.of("k")));
    }

    private static AuthConfig auth(String written) {
        String text = "clusters: [{name: a, instances: [{url: \"http://h\", auth: " + written
                + "}]}]\nroutes: [{cluster: a}]\n";
        return Loading.config(text).clusters().getFirst().instances().getFirst().auth();
    }

    @Test
    void mapsAnInstance() {
        String text = """
            worker: {max_streams_per_instance: 50}
            clusters:
              - name: a
                instances:
                  - {name: one, url: "https://h:8443/base", weight: 0, priority: 2, max_streams: 7, model: served, headers: {X-A: b}}
                  - {url: "http://h2:81/x"}
                  - {url: "http://h3", max_streams: off}
            routes: [{cluster: a}]
            """;
        List<InstanceConfig> instances =
                Loading.config(text).clusters().getFirst().instances();
        assertThat(instances.getFirst())
                .isEqualTo(new InstanceConfig(
                        "one",
                        URI.create("https://h:8443/base"),
                        0,
                        2,
                        Optional.of(7),
                        new AuthConfig.None(),
                        Optional.of("served"),
                        Map.of("X-A", "b")));
        assertThat(instances).extracting(InstanceConfig::name).containsExactly("one", "h2:81", "h3");
        assertThat(instances)
                .extracting(InstanceConfig::maxStreams)
                .containsExactly(Optional.of(7), Optional.of(50), Optional.empty());
    }

    @Test
    void mapsARoute() {
        RouteConfig route = route(
                "name: chat, match: {path: \"/v1/*\", model: \"gpt-*\", headers: {X-Tier: \"go*\"}}, clusters: [{name:"
                        + " a, weight: 9}, b], fallback: b, model: other, models: [m1, m2], max_streams: 5");
        assertThat(route.name()).isEqualTo("chat");
        assertThat(route.match())
                .isEqualTo(new MatchConfig(
                        List.of(new PathPattern("/v1/*")),
                        new Glob("gpt-*"),
                        Map.of(new HeaderName("x-tier"), new Glob("go*"))));
        assertThat(route.clusters()).containsExactly(new WeightedCluster("a", 9), new WeightedCluster("b", 1));
        assertThat(route.fallback()).containsExactly("b");
        assertThat(route.model()).contains("other");
        assertThat(route.models()).containsExactly("m1", "m2");
        assertThat(route.maxStreams()).contains(5);
    }

    @Test
    void givesARouteWithoutAMatchEverything() {
        assertThat(route("cluster: a").match()).isEqualTo(MatchConfig.defaults());
        assertThat(route("cluster: a").match().hasPath("/any/thing")).isTrue();
        assertThat(route("cluster: a").match().model().any()).isTrue();
    }

    @Test
    void resolvesARoutesStreamAgainstTheGlobalSection() {
        String text = """
            stream: {timeouts: {idle: 5s, total: 7s}, heartbeat: off, on_client_abort: {drain: {time: 3s}}}
            clusters: [{name: a, instances: [{url: "http://h"}]}]
            routes:
              - {cluster: a, match: {model: x}, stream: {timeouts: {idle: off}, heartbeat: 1s, on_client_abort: abort}}
              - {cluster: a}
            """;
        PenstockConfig config = Loading.config(text);
        StreamConfig own = config.routes().getFirst().stream();
        assertThat(own.timeouts().idle()).isEmpty();
        assertThat(own.timeouts().total()).isEqualTo(seconds(7));
        assertThat(own.timeouts().connect()).isEqualTo(seconds(3));
        assertThat(own.heartbeat()).isEqualTo(seconds(1));
        assertThat(own.onClientAbort()).isEqualTo(new ClientAbort.Abort());
        assertThat(config.stream().onClientAbort())
                .isEqualTo(new ClientAbort.Drain(Duration.ofSeconds(3), new ByteSize(1 << 20)));
        assertThat(config.routes().getLast().stream()).isEqualTo(config.stream());
    }

    @Test
    void documentsEveryKey() {
        Set<Class<?>> seen = new LinkedHashSet<>();
        Deque<Class<?>> open = new ArrayDeque<>(List.of(PenstockConfig.class));
        AtomicReference<String> bare = new AtomicReference<>("");
        while (!open.isEmpty()) {
            Class<?> type = open.pop();
            for (RecordComponent component :
                    seen.add(type) && type.isRecord() ? type.getRecordComponents() : new RecordComponent[0]) {
                if (component.getAnnotation(Doc.class) == null) {
                    bare.set(bare + " " + type.getSimpleName() + "." + component.getName());
                }
                open.add(component.getType());
            }
        }
        assertThat(bare.get()
                        .replaceAll(" (HostPort|Percent|ByteSize|Glob|PathPattern|StatusRange|HeaderName)\\.\\w+", ""))
                .isEmpty();
    }
}
