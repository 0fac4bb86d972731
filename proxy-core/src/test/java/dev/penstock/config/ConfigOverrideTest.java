// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigOverrideTest {
    private static final ConfigOverride FLAG = ConfigOverride.flag("worker.max_streams", "7", "--max-streams");
    private static final ConfigOverride ENV =
            ConfigOverride.environment("worker.max_streams", "6", "PENSTOCK_MAX_STREAMS");

    private static LoadedConfig load(String text, ConfigOverride... overrides) {
        return Loading.load(text + "\n" + Loading.REST, Map.of(), overrides);
    }

    @Test
    void ranksFlagBeforeEnvironmentBeforeFileBeforeDefault() {
        String file = "worker: {max_streams: 5}";
        assertThat(load(file, ENV, FLAG).config().worker().maxStreams()).isEqualTo(7);
        assertThat(load(file, ENV).config().worker().maxStreams()).isEqualTo(6);
        assertThat(load(file).config().worker().maxStreams()).isEqualTo(5);
        assertThat(load("").config().worker().maxStreams()).isEqualTo(1000);
    }

    @Test
    void knowsTheOriginOfEveryRank() {
        String file = "worker: {max_streams: 5}";
        assertThat(origin(load(file, ENV, FLAG))).isEqualTo("flag --max-streams");
        assertThat(origin(load(file, ENV))).isEqualTo("env PENSTOCK_MAX_STREAMS");
        assertThat(origin(load(file))).isEqualTo("penstock.yaml:1:23");
        assertThat(origin(load(""))).isEqualTo("default");
    }

    private static String origin(LoadedConfig loaded) {
        return loaded.effective().origins().getOrDefault("worker.max_streams", "");
    }

    @Test
    void createsSectionsThatTheFileDoesNotHave() {
        ConfigOverride wait = ConfigOverride.flag("worker.queue.max_wait", "9s", "--max-wait");
        assertThat(load("", wait).config().worker().queue().maxWait()).hasSeconds(9);
        assertThat(load("worker: {queue: {max_waiting: 3}}", wait)
                        .config()
                        .worker()
                        .queue()
                        .maxWaiting())
                .isEqualTo(3);
    }

    @Test
    void replacesTheAddressOfAListenerAndKeepsTheRest() {
        ConfigOverride listen = ConfigOverride.flag("listen", "127.0.0.1:1", "--listen");
        ConfigOverride reuse = ConfigOverride.flag("listen.reuse_port", "true", "--reuse-port");
        assertThat(load("listen: {address: 127.0.0.1:2, max_connections: 3}", listen)
                        .config()
                        .listen()
                        .maxConnections())
                .contains(3);
        assertThat(load("listen: 127.0.0.1:2", listen)
                        .config()
                        .listen()
                        .address()
                        .port())
                .isEqualTo(1);
        ListenConfig both = load("listen: 127.0.0.1:2", reuse).config().listen();
        assertThat(both.address().port()).isEqualTo(2);
        assertThat(both.reusePort()).isTrue();
    }

    @Test
    void reachesRoutesAndInstancesThatSayNothingOfTheirOwn() {
        List<ConfigOverride> caps = List.of(
                ConfigOverride.flag("worker.max_streams_per_route", "3", "--max-streams-per-route"),
                ConfigOverride.flag("worker.queue.max_wait", "9s", "--max-wait"),
                ConfigOverride.flag("worker.max_streams_per_instance", "4", "--max-streams-per-instance"));
        PenstockConfig config = load("", caps.toArray(ConfigOverride[]::new)).config();
        assertThat(config.routes().getFirst().maxStreams()).contains(3);
        assertThat(config.routes().getFirst().maxWait()).hasSeconds(9);
        assertThat(config.clusters().getFirst().instances().getFirst().maxStreams())
                .contains(4);
    }

    @Test
    void takesAListFromOneFlag() {
        ConfigOverride chain = ConfigOverride.flag("plugins.chain", "a,b", "--chain");
        assertThat(load("", chain).config().plugins().chain())
                .extracting(PluginEntry::id)
                .containsExactly("a", "b");
    }
}
