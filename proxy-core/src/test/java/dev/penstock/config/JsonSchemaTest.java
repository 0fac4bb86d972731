// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Schema and binder say the same about documented examples and about what becomes of them when somebody slips. */
class JsonSchemaTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Schema SCHEMA = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(JsonSchema.text(), InputFormat.JSON);
    private static final Path LAB = Path.of("..", "integration-tests", "lab", "lab.yaml");

    /** What only the whole configuration, or more than syntax, can tell. */
    private static final Pattern BEYOND_SYNTAX =
            Pattern.compile("max_eject: must not|must start with / \\(or be off\\)|cannot be the name of a header");

    private static final String EVERYTHING = """
        listen: {address: 127.0.0.1:8080, tls: {certificate: c, key: k}, reuse_port: true, max_connections: 5, keep_alive: off}
        admin: {listen: 127.0.0.1:9901, token: t}
        worker:
          max_streams: 1000
          max_streams_per_route: off
          queue: {max_waiting: 200, max_wait: 5s}
          turn: {events: 64, bytes: 64KiB, time: 2ms}
        consumer: {header: x-team}
        trusted_proxies: [10.0.0.0/8]
        stream:
          timeouts: {request_head: 10s, connect: 3s, first_byte: 120s, idle: 60s, total: 30m, write_stall: 30s}
          limits: {request_body: 64MiB, event: 8MiB, response: off, events_per_second: off, bytes_per_second: off}
          heartbeat: 15s
          on_client_abort: {drain: {time: 10s, bytes: 1MiB}}
          inject_usage: true
        drain: {delay: 0s, deadline: 30s}
        clusters:
          - name: chat
            dialect: openai
            balancer: {consistent_hash: {header: x-user}}
            health:
              active: {path: /health, interval: 1s, timeout: 1s, healthy_after: 2, unhealthy_after: 3, status: 200-299}
              passive: {failures: 5, eject: 10s, max_ejected: 50%}
              slow_start: 30s
            retry: {attempts: 2, on: [connect_failed, first_byte_timeout, 429, 5xx], within: 10s, budget: 20%}
            tls: {server_name: models.internal}
            dns: {refresh: 30s}
            instances:
              - {name: a, url: "http://127.0.0.1:8000", weight: 1, priority: 0, max_streams: 100, auth: {bearer: k}, model: m, headers: {x-a: b}}
              - {url: "https://h", auth: {header: {name: x-api-key, value: k}}}
        routes:
          - {match: {path: /v1/chat/completions, model: "*", headers: {x-tier: gold}}, cluster: chat, max_streams: 500}
          - {name: rest, clusters: [{name: chat, weight: 3}], fallback: [chat], models: [a, b], stream: {timeouts: {idle: off}}}
        plugins:
          directory: plugins
          chain: [{id: usage-log, on_error: open, timeout: 1s, config: {a: [1]}}]
        log: {level: info, format: auto}
        """;

    private static Object tree(String yaml, Map<String, String> environment) {
        ConfigProblems problems = new ConfigProblems();
        ConfigNode node = new ConfigLoader(environment).tree("t", yaml, Path.of("."), problems);
        problems.throwIfAny();
        return PlainJson.of(node).orElseThrow();
    }

    private static List<String> schemaSays(String json) {
        return SCHEMA.validate(json, InputFormat.JSON).stream()
                .map(Error::toString)
                .toList();
    }

    private static List<String> binderSays(String json) {
        ConfigProblems problems = new ConfigProblems();
        ConfigNode node = new ConfigLoader(Map.of()).tree("t", json, Path.of("."), problems);
        new Binder(ScalarTypes.standard())
                .bind(PenstockConfig.class, new Inheritance(new Shapes(ScalarTypes.standard())).apply(node), problems);
        return problems.errors().stream()
                .map(ConfigProblem::summary)
                .filter(line -> !BEYOND_SYNTAX.matcher(line).find())
                .toList();
    }

    private static String json(Object tree) {
        try {
            return JSON.writeValueAsString(tree);
        } catch (JsonProcessingException impossible) {
            throw new AssertionError(impossible);
        }
    }

    @Test
    void acceptsEveryDocumentedFile() throws IOException {
        String lab = Files.readString(LAB);
        assertThat(schemaSays(json(tree(EVERYTHING, Map.of())))).isEmpty();
        assertThat(schemaSays(json(tree(Loading.SMALLEST, Map.of("OPENAI_API_KEY", "k")))))
                .isEmpty();
        assertThat(schemaSays(json(tree(Loading.REST, Map.of())))).isEmpty();
        assertThat(schemaSays(json(PlainJson.ofText(lab))))
                .as("with its variables, as an editor sees it")
                .isEmpty();
        assertThat(schemaSays(json(tree(
                        Loading.load(EVERYTHING.replace(", tls: {certificate: c, key: k}", ""))
                                .effective()
                                .yaml(),
                        Map.of()))))
                .as("the effective configuration")
                .isEmpty();
    }

    @Test
    void agreesWithTheBinderOnMutatedFiles() {
        long seed = System.nanoTime();
        int refused = 0;
        for (int i = 0; i < 600; i++) {
            Mutation mutation = new Mutation(new Random(seed + i));
            String json = json(mutation.apply(tree(EVERYTHING, Map.of())));
            List<String> binder = binderSays(json);
            List<String> schema = schemaSays(json);
            refused += binder.isEmpty() ? 0 : 1;
            assertThat(schema.isEmpty())
                    .as("seed %d, %s%nbinder: %s%nschema: %s", seed + i, mutation, binder, schema)
                    .isEqualTo(binder.isEmpty());
        }
        assertThat(refused).as("mutants refused, seed %d", seed).isBetween(200, 590);
    }

    @Test
    void describesEveryKeyAndGivesDefaultsAndExamples() {
        String text = JsonSchema.text();
        assertThat(text)
                .contains(
                        "\"Streams at once in this process.\"",
                        "\"default\" : 1000",
                        "\"default\" : \"64KiB\"",
                        "\"default\" : \"off\"")
                .contains("\"default\" : [ \"connect_failed\", \"reset\", 429, \"5xx\" ]", "\"default\" : false");
        assertThat(Optional.ofNullable(JsonSchema.tree().get("$schema")))
                .contains("https://json-schema.org/draft/2020-12/schema");
    }
}
