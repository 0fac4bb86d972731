// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The laboratory's variables are a contract with batteries that nobody here wrote. */
class LabConfigTest {
    private static final Path LAB = Path.of("..", "integration-tests", "lab", "lab.yaml");

    private static PenstockConfig lab(Map<String, String> environment) {
        return new ConfigLoader(environment).load(LAB, List.of()).config();
    }

    static Stream<Arguments> variables() {
        return Stream.of(
                variable("LAB_LISTEN", "0.0.0.0:1", config -> config.listen().address()),
                variable("LAB_ADMIN", "127.0.0.1:2", config -> config.admin().listen()),
                variable(
                        "LAB_UPSTREAM_1", "http://h:1", config -> one(config, 0).url()),
                variable(
                        "LAB_UPSTREAM_1",
                        "http://h:1",
                        config ->
                                config.clusters().get(1).instances().getFirst().url()),
                variable(
                        "LAB_UPSTREAM_2", "http://h:2", config -> one(config, 1).url()),
                variable(
                        "LAB_UPSTREAM_3", "http://h:3", config -> one(config, 2).url()),
                variable("LAB_WEIGHT_1", "7", config -> one(config, 0).weight()),
                variable("LAB_WEIGHT_2", "8", config -> one(config, 1).weight()),
                variable("LAB_WEIGHT_3", "9", config -> one(config, 2).weight()),
                variable("LAB_KEY_1", "k1", config -> key(one(config, 0))),
                variable("LAB_KEY_2", "k2", config -> key(one(config, 1))),
                variable("LAB_KEY_3", "k3", config -> key(one(config, 2))),
                variable("LAB_MODEL_1", "m1", config -> one(config, 0).model().orElse("")),
                variable("LAB_MODEL_2", "m2", config -> one(config, 1).model().orElse("")),
                variable("LAB_MODEL_3", "m3", config -> one(config, 2).model().orElse("")),
                variable(
                        "LAB_MODELS",
                        "m*",
                        config -> config.routes().getLast().match().model().text()),
                variable(
                        "LAB_BALANCER",
                        "peak_ewma",
                        config ->
                                Shapes.key(cluster(config).balancer().getClass().getSimpleName())),
                variable(
                        "LAB_BALANCER",
                        "consistent_hash",
                        config ->
                                Shapes.key(cluster(config).balancer().getClass().getSimpleName())),
                variable("LAB_CAP_WORKER", "41", config -> config.worker().maxStreams()),
                variable(
                        "LAB_CAP_ROUTE",
                        "21",
                        config -> number(config.routes().getFirst().maxStreams())),
                variable(
                        "LAB_CAP_ROUTE",
                        "off",
                        config -> number(config.routes().getFirst().maxStreams())),
                variable(
                        "LAB_CAP_INSTANCE", "3", config -> number(one(config, 0).maxStreams())),
                variable(
                        "LAB_CAP_CONSUMER",
                        "9",
                        config -> number(config.worker().maxStreamsPerConsumer())),
                variable(
                        "LAB_CAP_CONSUMER",
                        "off",
                        config -> number(config.worker().maxStreamsPerConsumer())),
                variable(
                        "LAB_QUEUE_LENGTH",
                        "0",
                        config -> config.worker().queue().maxWaiting()),
                variable(
                        "LAB_QUEUE_WAIT",
                        "7s",
                        config -> Durations.render(config.worker().queue().maxWait())),
                variable(
                        "LAB_REQUEST_HEAD",
                        "7s",
                        config -> time(config.stream().timeouts().requestHead())),
                variable(
                        "LAB_REQUEST_BODY",
                        "7s",
                        config -> time(config.stream().timeouts().requestBody())),
                variable(
                        "LAB_CONNECT",
                        "7s",
                        config -> time(config.stream().timeouts().connect())),
                variable(
                        "LAB_FIRST_BYTE",
                        "off",
                        config -> time(config.stream().timeouts().firstByte())),
                variable(
                        "LAB_IDLE",
                        "700ms",
                        config -> time(config.stream().timeouts().idle())),
                variable(
                        "LAB_TOTAL",
                        "7m",
                        config -> time(config.stream().timeouts().total())),
                variable(
                        "LAB_WRITE_STALL",
                        "7s",
                        config -> time(config.stream().timeouts().writeStall())),
                variable(
                        "LAB_HEARTBEAT", "200ms", config -> time(config.stream().heartbeat())),
                variable(
                        "LAB_HEARTBEAT_BEFORE_COMMIT",
                        "true",
                        config -> config.stream().heartbeatBeforeCommit()),
                variable(
                        "LAB_ON_CLIENT_ABORT",
                        "drain",
                        config -> Shapes.key(
                                config.stream().onClientAbort().getClass().getSimpleName())),
                variable(
                        "LAB_MAX_BODY",
                        "2MiB",
                        config -> size(config.stream().limits().requestBody())),
                variable(
                        "LAB_MAX_EVENT",
                        "64KiB",
                        config -> size(config.stream().limits().event())),
                variable(
                        "LAB_MAX_RESPONSE",
                        "1MiB",
                        config -> size(config.stream().limits().response())),
                variable(
                        "LAB_DRAIN_DELAY",
                        "3s",
                        config -> Durations.render(config.drain().delay())),
                variable(
                        "LAB_DRAIN",
                        "0s",
                        config -> Durations.render(config.drain().deadline())),
                variable(
                        "LAB_RETRY_ATTEMPTS",
                        "3",
                        config -> cluster(config).retry().attempts()),
                variable(
                        "LAB_RETRY_BUDGET",
                        "0%",
                        config -> cluster(config).retry().budget()),
                variable(
                        "LAB_PROBE",
                        "/health",
                        config -> cluster(config).health().active().path().orElse("")),
                variable(
                        "LAB_PROBE_INTERVAL",
                        "100ms",
                        config -> Durations.render(
                                cluster(config).health().active().interval())),
                variable(
                        "LAB_PROBE_DOWN",
                        "4",
                        config -> cluster(config).health().active().unhealthyAfter()),
                variable(
                        "LAB_PROBE_UP",
                        "5",
                        config -> cluster(config).health().active().healthyAfter()),
                variable(
                        "LAB_EJECT_AFTER",
                        "1",
                        config -> number(cluster(config).health().passive().failures())),
                variable(
                        "LAB_EJECT_TIME",
                        "9s",
                        config -> Durations.render(
                                cluster(config).health().passive().eject())),
                variable(
                        "LAB_TURN_EVENTS",
                        "off",
                        config -> number(config.worker().turn().events())),
                variable(
                        "LAB_TURN_BYTES",
                        "1KiB",
                        config -> size(config.worker().turn().bytes())),
                variable(
                        "LAB_TURN_TIME",
                        "500us",
                        config -> time(config.worker().turn().time())),
                variable("LAB_PLUGINS", "/opt/p", config -> config.plugins().directory()),
                variable(
                        "LAB_PLUGINS_DATA",
                        "/somewhere",
                        config -> config.plugins().dataFolder().toString()),
                variable(
                        "LAB_PLUGINS_STRICT",
                        "false",
                        config -> config.plugins().strict()),
                variable(
                        "LAB_HOOK_TIMEOUT",
                        "300ms",
                        config -> Durations.render(config.plugins().hookTimeout())),
                variable(
                        "LAB_FAILURE_MODE",
                        "open",
                        config -> Shapes.key(config.plugins().failureMode().name())),
                variable(
                        "LAB_CHAIN",
                        "one,two",
                        config -> String.join(
                                ",",
                                config.plugins().chain().stream()
                                        .map(PluginEntry::id)
                                        .toList())),
                variable(
                        "LAB_TRUSTED",
                        "10.0.0.0/8",
                        config -> config.trustedProxies().getFirst()),
                variable(
                        "LAB_LOG_LEVEL",
                        "debug",
                        config -> Shapes.key(config.log().level().name())));
    }

    private static Arguments variable(String name, String value, Function<PenstockConfig, Object> read) {
        return Arguments.of(name, value, read);
    }

    private static ClusterConfig cluster(PenstockConfig config) {
        return config.clusters().getFirst();
    }

    private static InstanceConfig one(PenstockConfig config, int index) {
        return cluster(config).instances().get(index);
    }

    private static String key(InstanceConfig instance) {
        return instance.auth() instanceof AuthConfig.Bearer bearer
                ? bearer.token().reveal()
                : "";
    }

    private static String time(Optional<Duration> duration) {
        return duration.map(Durations::render).orElse("off");
    }

    private static String size(Optional<ByteSize> size) {
        return size.map(ByteSize::toString).orElse("off");
    }

    private static String number(Optional<Integer> number) {
        return number.map(String::valueOf).orElse("off");
    }

    @ParameterizedTest(name = "{0}={1}")
    @MethodSource("variables")
    void obeysEveryVariable(String name, String value, Function<PenstockConfig, Object> read) {
        assertThat(read.apply(lab(Map.of(name, value)))).hasToString(value);
    }

    @Test
    void testsEveryVariableInTheFile() throws IOException {
        Matcher names = Pattern.compile("\\$\\{(LAB_[A-Z_0-9]+):-").matcher(Files.readString(LAB));
        List<Object> tested = variables().map(arguments -> arguments.get()[0]).toList();
        assertThat(names.results().map(match -> match.group(1)))
                .allSatisfy(name -> assertThat(tested).contains(name));
    }

    @Test
    void bindsWithItsDefaults() {
        PenstockConfig config = lab(Map.of());
        assertThat(config.listen().address()).hasToString("127.0.0.1:18080");
        assertThat(config.admin().listen()).hasToString("127.0.0.1:19901");
        assertThat(config.worker().maxStreams()).isEqualTo(40);
        assertThat(config.routes()).extracting(RouteConfig::name).containsExactly("b", "a");
        assertThat(config.routes()).extracting(RouteConfig::maxStreams).containsOnly(Optional.of(20));
        assertThat(config.worker().maxStreamsPerConsumer()).contains(8);
        assertThat(config.worker().maxStreamsPerInstance()).isEmpty();
        assertThat(config.worker().queue()).isEqualTo(new QueueConfig(10, Duration.ofSeconds(1)));
        assertThat(config.worker().turn()).isEqualTo(TurnConfig.defaults());
        assertThat(config.consumer()).isEqualTo(new ConsumerConfig.Header(new HeaderName("x-lab-consumer")));
        assertThat(config.stream().onClientAbort()).isEqualTo(new ClientAbort.Abort());
        assertThat(config.drain()).isEqualTo(new DrainConfig(Duration.ZERO, Duration.ofSeconds(5)));
        assertThat(config.trustedProxies()).isEmpty();
        assertThat(config.plugins()).isEqualTo(PluginsConfig.defaults());
    }

    @Test
    void hasOneInstanceInUseAndEveryRetryCondition() {
        ClusterConfig lab = cluster(lab(Map.of()));
        assertThat(lab.dialect()).isEmpty();
        assertThat(lab.instances()).extracting(InstanceConfig::name).containsExactly("one", "two", "three");
        assertThat(lab.instances()).extracting(InstanceConfig::weight).containsExactly(1, 0, 0);
        assertThat(lab.retry().attempts()).isEqualTo(1);
        assertThat(lab.retry().budget()).isEqualTo(new Percent(100));
        assertThat(lab.retry().on())
                .extracting(Object::toString)
                .containsExactly("connect_failed", "reset", "first_byte_timeout", "error_event", "429", "5xx");
        assertThat(lab.health().active().enabled()).isFalse();
        assertThat(lab.health().passive().failures()).isEmpty();
        assertThat(lab.health().allUnhealthy()).isEqualTo(HealthConfig.AllUnhealthy.FAIL);
    }

    @Test
    void bindsWithEveryVariableSetAtOnceAndWarnsOfNothing() {
        Map<String, String> environment = new HashMap<>();
        variables()
                .forEach(arguments -> environment.put(
                        (String) arguments.get()[0], (String) arguments.get()[1]));
        environment.put("LAB_LISTEN", "127.0.0.1:0");
        assertThat(new ConfigLoader(environment).load(LAB, List.of()).warnings())
                .hasSizeLessThanOrEqualTo(0);
    }
}
