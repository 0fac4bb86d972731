// SPDX-License-Identifier: Apache-2.0
package dev.penstock.launch;

import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.launch.ReloadResult.Why;
import dev.penstock.metrics.BuildInfo;
import dev.penstock.testing.Metrics;
import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.RawRequest;
import dev.penstock.testing.Response;
import dev.penstock.testing.Script;
import dev.penstock.testing.ScriptedUpstream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReloadTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String CHAT = """
        {"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]}\
        """;

    private final ScriptedUpstream first = ScriptedUpstream.start(Script.stream(ProviderEvents.chat(1)));
    private final ScriptedUpstream second = ScriptedUpstream.start(Script.stream(ProviderEvents.chat(2)));

    @TempDir
    private Path folder;

    private Path file = Path.of("");
    private ProxyServer proxy;

    @BeforeEach
    void start() throws IOException {
        file = folder.resolve("penstock.yaml");
        Files.writeString(file, yaml(first, ""));
        ConfigFile source = new ConfigFile(file, Map.of(), List.of());
        proxy = ProxyServer.start(
                source.load(), new Surroundings(new BuildInfo("0", "0", "0", "0"), entry -> {}, () -> 0), source);
    }

    @AfterEach
    void stop() {
        proxy.close();
        first.close();
        second.close();
    }

    private static String yaml(ScriptedUpstream upstream, String more) {
        return """
            listen: 127.0.0.1:0
            admin: 127.0.0.1:0
            clusters: [{name: c, instances: [{name: one, url: "%s"}]}]
            routes: [{name: r, cluster: c}]
            %s\
            """.formatted(upstream.url(), more);
    }

    private Metrics metrics() {
        return Metrics.scrape(proxy.adminAddress().getPort());
    }

    private Response admin(RawRequest request) throws IOException {
        try (RawHttpClient client = RawHttpClient.connect(proxy.adminAddress().getPort())) {
            return client.exchange(request);
        }
    }

    private Response stream() throws IOException {
        try (RawHttpClient client = RawHttpClient.connect(proxy.listenAddress().getPort())) {
            return client.exchange(RawRequest.postJson("/v1/chat/completions", CHAT));
        }
    }

    @Test
    void newRequestsFollowTheNewConfigurationAndLiveStreamsEndUnderTheOldOne() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        first.play(Script.sse()
                .event(ProviderEvents.chatDelta("a"))
                .gate(gate)
                .event(ProviderEvents.chatDone())
                .end());
        try (RawHttpClient live = RawHttpClient.connect(proxy.listenAddress().getPort())) {
            live.send(RawRequest.postJson("/v1/chat/completions", CHAT)).readEventsAfterHead(1);
            Files.writeString(file, yaml(second, "worker: {max_streams: 7}\n"));

            assertThat(proxy.reload("test")).isEqualTo(new ReloadResult.Applied(2));

            assertThat(stream().text()).isEqualTo(String.join("", ProviderEvents.chat(2)));
            assertThat(first.exchanges()).hasSize(1);
            gate.countDown();
            assertThat(live.readRest().end().isClean()).isTrue();
        }
        Metrics metrics = metrics();
        assertThat(metrics.sum("penstock_config_generation")).isEqualTo(2);
        assertThat(metrics.sum("penstock_permits_limit", "scope", "worker")).isEqualTo(7);
    }

    @Test
    void aRefusedReloadChangesNothingAndIsToldEverywhereUntilAGoodOne() throws Exception {
        Files.writeString(file, yaml(second, "lisen: 1\n"));

        ReloadResult.Refused refused = (ReloadResult.Refused) proxy.reload("test");

        assertThat(refused.why()).isEqualTo(Why.INVALID);
        assertThat(refused.report()).contains("penstock.yaml:5:1: lisen: unknown key", "listen");
        assertThat(metrics().sum("penstock_config_last_reload_successful")).isZero();
        assertThat(metrics().sum("penstock_config_generation")).isEqualTo(1);
        assertThat(admin(RawRequest.get("/config")).text()).contains("\"successful\":false", "penstock.yaml:5:1");
        assertThat(stream().text()).isEqualTo(String.join("", ProviderEvents.chat(1)));

        Files.writeString(file, yaml(second, ""));
        assertThat(admin(RawRequest.of("POST", "/reload")).status()).isEqualTo(200);
        assertThat(metrics().sum("penstock_config_last_reload_successful")).isEqualTo(1);
        assertThat(stream().text()).isEqualTo(String.join("", ProviderEvents.chat(2)));
    }

    @Test
    void whatCannotChangeIsRefusedByName() throws Exception {
        Files.writeString(
                file,
                yaml(second, "stream: {timeouts: {request_head: 3s}}\n")
                        .replace("admin: 127.0.0.1:0", "admin: {listen: 127.0.0.1:0, token: t}"));

        Response response = admin(RawRequest.of("POST", "/reload"));

        assertThat(response.status()).isEqualTo(409);
        assertThat(response.text())
                .contains("admin.token", "stream.timeouts.request_head", "penstock.yaml:5:", "cannot change")
                .doesNotContain("listen.address");
        assertThat(stream().text()).isEqualTo(String.join("", ProviderEvents.chat(1)));
    }

    @Test
    void anAuthorityThatCannotBeUsedIsFoundBeforeAnythingIsSwapped() throws Exception {
        Files.writeString(folder.resolve("ca.pem"), "no certificate");
        Files.writeString(file, yaml(second, "").replace("name: c,", "name: c, tls: {ca: ca.pem},"));

        Response response = admin(RawRequest.of("POST", "/reload"));

        assertThat(response.status()).isEqualTo(422);
        assertThat(response.text()).contains("ca.pem");
        assertThat(stream().text()).isEqualTo(String.join("", ProviderEvents.chat(1)));
        assertThat(metrics().sum("penstock_config_generation")).isEqualTo(1);
    }

    @Test
    void followsTheFileThroughRenamesSwappedLinksAndHalvesOfWrites() throws Exception {
        Path old = Files.createDirectory(folder.resolve("..v1"));
        Path data = folder.resolve("..data");
        Files.move(file, old.resolve("penstock.yaml"));
        Files.createSymbolicLink(data, old.getFileName());
        Files.createSymbolicLink(file, Path.of("..data", "penstock.yaml"));
        proxy.watch();

        Path next = Files.createDirectory(folder.resolve("..v2"));
        Files.writeString(next.resolve("penstock.yaml"), yaml(second, ""));
        Path link = Files.createSymbolicLink(folder.resolve("..tmp"), next.getFileName());
        Files.move(link, data, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        awaitGeneration(2);

        Path written = Files.writeString(folder.resolve("new"), yaml(first, ""));
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        awaitGeneration(3);

        String whole = yaml(second, "worker: {max_streams: 5}\n");
        Files.writeString(file, whole.substring(0, whole.indexOf("routes")));
        Files.writeString(file, whole);
        awaitGeneration(4);
        assertThat(metrics().sum("penstock_config_last_reload_successful")).isEqualTo(1);
        assertThat(stream().text()).isEqualTo(String.join("", ProviderEvents.chat(2)));
    }

    @Test
    void aSecretsFileWithANewSecretIsAReasonToReload() throws Exception {
        Path secret = Files.writeString(folder.resolve("key"), "old-key\n");
        Files.writeString(file, yaml(first, "").replace("name: one,", "name: one, auth: {bearer: \"${file:key}\"},"));
        assertThat(proxy.reload("test")).isEqualTo(new ReloadResult.Applied(2));
        proxy.watch();

        Files.writeString(secret, "new-key\n");
        awaitGeneration(3);

        assertThat(stream().status()).isEqualTo(200);
        assertThat(first.requests().getLast().header("authorization")).hasValue("Bearer new-key");
        assertThat(admin(RawRequest.get("/config")).text()).doesNotContain("new-key");
    }

    @Test
    void badContentThatStaysIsRefused() throws Exception {
        proxy.watch();

        Files.writeString(file, "listen: [");

        eventually(
                PATIENCE,
                () -> assertThat(metrics().sum("penstock_config_last_reload_successful"))
                        .isZero());
        assertThat(proxy.generation()).isEqualTo(1);
    }

    private void awaitGeneration(long number) {
        eventually(PATIENCE, () -> assertThat(proxy.generation()).isEqualTo(number));
    }

    @Test
    void anInstanceIsTakenOutAndBackInAndShownAsItIs() throws Exception {
        assertThat(admin(RawRequest.of("POST", "/clusters/c/one/drain")).status())
                .isEqualTo(200);
        assertThat(stream().status()).isEqualTo(503);
        assertThat(admin(RawRequest.get("/clusters?format=text")).text())
                .startsWith("CLUSTER")
                .containsPattern("c +one +drained");

        Files.writeString(file, yaml(first, "worker: {max_streams: 5}\n"));
        proxy.reload("test");
        assertThat(stream().status()).as("drained across a reload").isEqualTo(503);

        assertThat(admin(RawRequest.of("POST", "/clusters/c/one/undrain")).status())
                .isEqualTo(200);
        assertThat(stream().status()).isEqualTo(200);
        assertThat(admin(RawRequest.get("/clusters")).text())
                .contains("\"state\":\"healthy\"", "\"why\":\"first stream succeeded\"", "\"weight\":1");
        assertThat(admin(RawRequest.of("POST", "/clusters/c/two/drain")).status())
                .isEqualTo(404);
    }
}
