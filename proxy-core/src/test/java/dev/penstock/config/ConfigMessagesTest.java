// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The words of every refusal, because users judge a proxy by its first broken file. */
class ConfigMessagesTest {
    static Stream<Arguments> mistakes() {
        return Stream.of(
                mistake("lisen: 127.0.0.1:1", "1:1: lisen: unknown key; did you mean \"listen\"?"),
                mistake(
                        "max_streams: 5",
                        "1:1: max_streams: unknown key; it belongs under worker, clusters[].instances[] or routes[]"),
                mistake("idle: 5s", "1:1: idle: unknown key; it belongs under stream.timeouts"),
                mistake("stream: {event: 1MiB}", "1:10: stream.event: unknown key; it belongs under limits"),
                mistake(
                        "worker: {maxStreams: 5}",
                        "1:10: worker.maxStreams: unknown key; did you mean \"max_streams\"?"),
                mistake(
                        "worker: {max-streams: 5}",
                        "1:10: worker.max-streams: unknown key; did you mean \"max_streams\"?"),
                mistake("drain: {zzz: 5}", "1:9: drain.zzz: unknown key; the keys here are delay, deadline"),
                mistake("drain: {routes: 5}", "1:9: drain.routes: unknown key; it belongs to the top level"),
                mistake(
                        "listen: 8080",
                        "1:9: listen: must be host:port, such as 127.0.0.1:8080 or [::1]:8080 (found \"8080\")"),
                mistake(
                        "listen: 127.0.0.1:99999",
                        "1:9: listen: must have a port from 0 to 65535 (found \"127.0.0.1:99999\")"),
                mistake(
                        "listen: [a]",
                        "1:9: listen: must be a mapping with keys such as address, tls or reuse_port, not a list"),
                mistake("listen: {reuse_port: yes}", "1:22: listen.reuse_port: must be true or false (found \"yes\")"),
                mistake(
                        "listen: {max_connections: 0}",
                        "1:27: listen.max_connections: must be at least 1 or off (found \"0\")"),
                mistake(
                        "listen: {keep_alive: 0s}",
                        "1:22: listen.keep_alive: must be more than zero or off (found \"0s\")"),
                mistake(
                        "listen: {tls: {certificate: c}}",
                        "1:15: listen.tls.key: is required, for example key: tls/server.key"),
                mistake("admin: 127.0.0.1:8080", "1:8: admin.listen: has the same port as listen (127.0.0.1:8080)"),
                mistake(
                        "admin: 0.0.0.0:9901",
                        "1:8: admin.listen: 0.0.0.0:9901 can be reached from other machines; set admin.token, or use"
                                + " 127.0.0.1"),
                mistake(
                        "worker: 5",
                        "1:9: worker: must be a mapping with keys such as max_streams, max_streams_per_route or"
                                + " max_streams_per_instance (found \"5\")"),
                mistake(
                        "worker: {max_streams: 010}",
                        "1:23: worker.max_streams: must be a whole number (found \"010\")"),
                mistake(
                        "worker: {max_streams: \"5\"}",
                        "1:23: worker.max_streams: must be a whole number without quotes (found \"5\")"),
                mistake(
                        "worker: {max_streams: off}",
                        "1:23: worker.max_streams: must be a whole number (found \"off\")"),
                mistake("worker: {max_streams: }", "1:22: worker.max_streams: has no value"),
                mistake(
                        "worker: {max_streams: 99999999999}",
                        "1:23: worker.max_streams: is too large (found \"99999999999\")"),
                mistake("worker: {max_streams: [1]}", "1:23: worker.max_streams: must be one value, not a list"),
                mistake("worker: {max_streams: {a: 1}}", "1:23: worker.max_streams: must be one value, not a mapping"),
                mistake(
                        "worker: {max_streams_per_route: -1}",
                        "1:33: worker.max_streams_per_route: must be at least 1 or off (found \"-1\")"),
                mistake(
                        "worker: {turn: {bytes: 64K}}",
                        "1:24: worker.turn.bytes: must be a size with a unit, such as 64KiB or 8MiB, or off (found"
                                + " \"64K\")"),
                mistake(
                        "worker: {turn: {time: 1:30}}",
                        "1:23: worker.turn.time: must be a duration with a unit, such as 500ms, 30s or 2m, or off"
                                + " (found \"1:30\")"),
                mistake(
                        "worker: {queue: {max_wait: off}}",
                        "1:28: worker.queue.max_wait: must be a duration with a unit, such as 500ms, 30s or 2m (found"
                                + " \"off\")"),
                mistake(
                        "consumer: per",
                        "1:11: consumer: must be peer or {header: ...} (found \"per\"); did you mean \"peer\"?"),
                mistake("consumer: header", "1:11: consumer: needs more than the word: {header: ...}"),
                mistake(
                        "consumer: {heder: x}",
                        "1:12: consumer.heder: unknown key; must be peer or {header: ...}; did you mean \"header\"?"),
                mistake(
                        "consumer: {header: \"x y\"}",
                        "1:20: consumer.header: must be a header name such as x-team (found \"x y\")"),
                mistake(
                        "trusted_proxies: [10.0.0.0/33]",
                        "1:19: trusted_proxies[0]: must be an address or a network, such as 10.0.0.0/8 or ::1 (found"
                                + " \"10.0.0.0/33\")"),
                mistake(
                        "trusted_proxies: 10.0.0.1, proxy.local",
                        "1:28: trusted_proxies[1]: must be an address or a network, such as 10.0.0.0/8 or ::1 (found"
                                + " \"proxy.local\")"),
                mistake(
                        "stream: {on_client_abort: {drain: {time: 5}}}",
                        "1:42: stream.on_client_abort.drain.time: must have a unit, such as 5s or 5ms (found \"5\")"),
                mistake(
                        "stream: {timeouts: {idle: }}",
                        "1:26: stream.timeouts.idle: has no value; write off to switch it off"),
                mistake(
                        "plugins: {failure_mode: clsed}",
                        "1:25: plugins.failure_mode: must be closed or open (found \"clsed\"); did you mean"
                                + " \"closed\"?"),
                mistake(
                        "plugins: {chain: [{id: x}, {id: x}]}",
                        "1:33: plugins.chain[1].id: \"x\" is in the chain already (defined at line 1); give each a"
                                + " name"),
                mistake(
                        "plugins: {chain: \"x, x\"}",
                        "1:22: plugins.chain[1]: \"x\" is in the chain already (defined at line 1); give each a name"),
                mistake(
                        "log: {level: verbose}",
                        "1:14: log.level: must be error, warn, info, debug or trace (found \"verbose\")"));
    }

    private static Arguments mistake(String text, String problem) {
        return Arguments.of(text, "penstock.yaml:" + problem);
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void namesPlaceKeyAndRemedy(String text, String problem) {
        assertThat(Loading.problems(text + "\n" + Loading.REST)).containsExactly(problem);
    }

    static Stream<Arguments> clusterMistakes() {
        return Stream.of(
                Arguments.of(
                        "{instances: [{url: \"http://h\"}]}",
                        "clusters[0].name: is required, for example name: openai"),
                Arguments.of("{name: a}", "clusters[0].instances: is required: the servers"),
                Arguments.of("{name: a, instances: []}", "clusters[0].instances: needs at least one element"),
                Arguments.of("{name: a, instances: {url: x}}", "clusters[0].instances: must be a list"),
                Arguments.of(
                        "{name: a, instances: [{weight: 1}]}",
                        "clusters[0].instances[0].url: is required, for example url: http://127.0.0.1:8000"),
                Arguments.of(
                        "{name: a, instances: [{url: \"http://h\"}, {url: \"http://h\"}]}",
                        "clusters[0].instances[1].name: another instance of this cluster is named \"h\" already"
                                + " (defined at line 1); give each a name"),
                Arguments.of(
                        "{name: a, instances: [{url: \"h:80\"}]}",
                        "clusters[0].instances[0].url: must be a URL with http or https and a host, such as"
                                + " http://127.0.0.1:8000 (found \"h:80\")"),
                Arguments.of(
                        "{name: a, instances: [{url: \"http://u:p@h\"}]}",
                        "clusters[0].instances[0].url: must not hold credentials, use auth for them"),
                Arguments.of(
                        "{name: a, dialect: openia, instances: [{url: \"http://h\"}]}",
                        "clusters[0].dialect: must be openai, anthropic or passthrough, or off (found \"openia\"); did"
                                + " you mean \"openai\"?"),
                Arguments.of(
                        "{name: a, retry: {on: [5x]}, instances: [{url: \"http://h\"}]}",
                        "clusters[0].retry.on[0]: must be connect_failed, reset, first_byte_timeout, error_event, a"
                                + " status such as 429, or 4xx or 5xx (found \"5x\")"),
                Arguments.of(
                        "{name: a, retry: {attempts: 0}, instances: [{url: \"http://h\"}]}",
                        "clusters[0].retry.attempts: must be at least 1 (found \"0\")"),
                Arguments.of(
                        "{name: a, retry: {budget: 20}, instances: [{url: \"http://h\"}]}",
                        "clusters[0].retry.budget: must be a percentage from 0% to 100%, such as 20% (found \"20\")"),
                Arguments.of(
                        "{name: a, health: {active: health}, instances: [{url: \"http://h\"}]}",
                        "clusters[0].health.active.path: must start with / (or be off)"),
                Arguments.of(
                        "{name: a, health: {passive: {eject: 1h}}, instances: [{url: \"http://h\"}]}",
                        "clusters[0].health.passive.max_eject: must not be shorter than eject"),
                Arguments.of(
                        "{name: a, health: {active: {status: 2xx}}, instances: [{url: \"http://h\"}]}",
                        "clusters[0].health.active.status: must be a status such as 200, or a range such as 200-299"
                                + " (found \"2xx\")"),
                Arguments.of(
                        "{name: a, balancer: {consistent_hash: {prompt_prefix: 0}}, instances: [{url: \"http://h\"}]}",
                        "clusters[0].balancer.consistent_hash.prompt_prefix: must be at least 1 (found \"0\")"),
                Arguments.of(
                        "{name: a, tls: {ca: none.crt}, instances: [{url: \"http://h\"}]}",
                        "clusters[0].tls.ca: there is no file /nonexistent/none.crt"),
                Arguments.of(
                        "{name: a, tls: {ca: /dev/null}, instances: [{url: \"http://h\"}]}",
                        "clusters[0].tls.ca: /dev/null is no regular file; name one that can be read again at every"
                                + " reload"),
                Arguments.of(
                        "{name: a, instances: [{url: \"http://h\", auth: {bearer: \"\"}}]}",
                        "clusters[0].instances[0].auth.bearer: must not be empty"));
    }

    @ParameterizedTest
    @MethodSource("clusterMistakes")
    void namesTheClusterAndItsKey(String cluster, String problem) {
        String text = "clusters: [" + cluster + "]\nroutes: [{cluster: a}]\n";
        assertThat(Loading.problems(text))
                .filteredOn(line -> !line.contains("no cluster named"))
                .singleElement()
                .asString()
                .matches("penstock.yaml:1:[0-9]+: .*")
                .endsWith(": " + problem);
    }

    static Stream<Arguments> routeMistakes() {
        return Stream.of(
                Arguments.of("{match: {path: /}}", "routes[0].clusters: is required, for example cluster: NAME"),
                Arguments.of(
                        "{cluster: a, clusters: [a]}", "routes[0].cluster: write either cluster or clusters, not both"),
                Arguments.of(
                        "{clusters: [{nam: a}]}", "routes[0].clusters[0].nam: unknown key; did you mean \"name\"?"),
                Arguments.of(
                        "{cluster: a, fallback: [b]}", "routes[0].fallback[0]: no cluster named \"b\"; there is a"),
                Arguments.of("{cluster: somewhere}", "routes[0].cluster: no cluster named \"somewhere\"; there is a"),
                Arguments.of(
                        "{cluster: a, match: {path: v1}}",
                        "routes[0].match.path[0]: must start with / and may have one * at its end, such as /v1/* (found"
                                + " \"v1\")"),
                Arguments.of(
                        "{cluster: a, stream: {timeouts: {request_head: 1s}}}",
                        "routes[0].stream.timeouts.request_head: cannot be set for a route: it runs before the route"
                                + " is known; set it under stream.timeouts"),
                Arguments.of(
                        "{cluster: a, name: x}, {cluster: a, name: x, match: {model: y}}",
                        "routes[1].name: another route is named \"x\" already (defined at line 2)"));
    }

    @ParameterizedTest
    @MethodSource("routeMistakes")
    void namesTheRouteAndItsKey(String routes, String problem) {
        String text = "clusters: [{name: a, instances: [{url: \"http://h\"}]}]\nroutes: [" + routes + "]\n";
        assertThat(Loading.problems(text))
                .anySatisfy(line ->
                        assertThat(line).matches("penstock.yaml:2:[0-9]+: .*").endsWith(": " + problem));
    }

    static Stream<Arguments> yamlMistakes() {
        return Stream.of(
                Arguments.of("a: 1\na: 2\n", "2:1: a: this key is already there at line 1"),
                Arguments.of("stream:\n\theartbeat: 1s\n", "2:1: a tab cannot indent YAML; use spaces"),
                Arguments.of("a: {b: 1\nc: 2\n", "2:2: not valid YAML: a { or [ is not closed, or a comma is missing"),
                Arguments.of(
                        "a: b: c\n",
                        "1:5: not valid YAML: a second \": \" in one line; put the value in quotes, or check the"
                                + " indentation"),
                Arguments.of(
                        "match: {model: *}\n",
                        "1:16: a value that starts with * means an alias in YAML; put it in quotes: \"*\""),
                Arguments.of("a: 1\n---\nb: 2\n", "3:1: a second document begins before this; remove the --- line"),
                Arguments.of("a: !foo 1\n", "1:4: a: has the tag !foo; tags are not supported"),
                Arguments.of("x: &x {a: 1}\ny: {<<: *x}\n", "2:5: y: merge keys (<<) are not supported"),
                Arguments.of("just text\n", "1:1: must be a mapping with keys such as listen, admin or worker"));
    }

    @ParameterizedTest
    @MethodSource("yamlMistakes")
    void explainsWhatIsNotYaml(String text, String problem) {
        assertThat(Loading.problems(text)).anySatisfy(line -> assertThat(line).startsWith("penstock.yaml:" + problem));
    }

    @Test
    void warnsOfWhatWorksButIsHardlyMeant() {
        String text = """
            worker: {turn: {events: off, bytes: off, time: off}}
            clusters:
              - {name: a, instances: [{url: "http://h", auth: {bearer: sk-live}}]}
              - {name: spare, instances: [{url: "http://h"}]}
            routes:
              - {name: all, cluster: a, match: {path: "/v1/*"}}
              - {name: hidden, cluster: a, match: {path: /v1/chat/completions, model: "gpt-*"}}
            """;
        assertThat(Loading.warnings(text))
                .containsExactly(
                        "penstock.yaml:1:16: worker.turn: with every bound off, one busy stream can hold up all the"
                                + " others",
                        "penstock.yaml:3:60: clusters[0].instances[0].auth.bearer: a secret stands in the file; use"
                                + " ${VAR} or ${file:path} instead",
                        "penstock.yaml:4:12: clusters: no route uses the cluster \"spare\"",
                        "penstock.yaml:7:5: routes[1]: the route \"hidden\" can never match: \"all\" before it takes"
                                + " every request it could");
    }

    @Test
    void placesAProblemOfAFlagAtTheFlag() {
        assertThat(Loading.problems(
                        Loading.REST, Map.of(), ConfigOverride.flag("worker.max_streams", "many", "--max-streams")))
                .containsExactly("flag --max-streams: worker.max_streams: must be a whole number (found \"many\")");
    }
}
