// SPDX-License-Identifier: Apache-2.0
package dev.penstock.launch;

import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.config.AuthConfig;
import dev.penstock.config.ConfigException;
import dev.penstock.config.InstanceConfig;
import dev.penstock.config.Secret;
import dev.penstock.launch.ReloadResult.Why;
import dev.penstock.metrics.BuildInfo;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.RawRequest;
import dev.penstock.testing.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What comes through a pipe can be read once: whoever opens it again waits for a writer that does not come. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class PipedConfigTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String YAML = """
        listen: 127.0.0.1:0
        admin: 127.0.0.1:0
        clusters: [{name: c, instances: [{name: one, url: "http://127.0.0.1:1", auth: {bearer: "KEY"}}]}]
        routes: [{name: r, cluster: c}]
        """;

    @TempDir
    private Path folder;

    @Test
    void aConfigurationIsReadOnceAndRefusesToBeReadAgain() throws Exception {
        Path pipe = pipe("config", YAML);

        ConfigFile source = new ConfigFile(pipe, Map.of(), List.of());
        try (ProxyServer proxy = started(source)) {
            proxy.watch();

            Response refused = reload(proxy);
            assertThat(refused.status()).isEqualTo(409);
            assertThat(refused.text()).contains(pipe.toString(), "no regular file", "restart");
            assertThat(proxy.reload("signal")).isInstanceOf(ReloadResult.Refused.class);
            assertThat(proxy.generation()).isEqualTo(1);
        }
        assertThatThrownBy(source::load).isInstanceOf(ConfigException.class).hasMessageContaining("no regular file");
    }

    @Test
    void aSecretIsReadOnceAndBindsTheConfigurationThatNamesIt() throws Exception {
        Path secret = pipe("key", "secret-of-a-pipe");
        Path file = Files.writeString(
                folder.resolve("penstock.yaml"), YAML.replace("KEY", "${file:" + secret.getFileName() + "}"));

        ConfigFile source = new ConfigFile(file, Map.of(), List.of());
        try (ProxyServer proxy = started(source)) {
            ReloadResult.Refused refused = (ReloadResult.Refused) proxy.reload("test");

            assertThat(refused.why()).isEqualTo(Why.NEEDS_RESTART);
            assertThat(refused.report()).contains(secret.toString(), "no regular file");

            Files.delete(secret);
            Files.writeString(secret, "secret-of-a-file");
            assertThat(proxy.reload("test")).isEqualTo(new ReloadResult.Applied(2));
        }
    }

    @Test
    void aFileThatBecomesAPipeIsNotOpened() throws Exception {
        Path file = Files.writeString(folder.resolve("penstock.yaml"), YAML);
        ConfigFile source = new ConfigFile(file, Map.of(), List.of());
        try (ProxyServer proxy = started(source)) {
            assertThat(proxy.reload("test")).isEqualTo(new ReloadResult.Applied(2));
            Files.delete(file);
            make(file);

            assertThat(proxy.reload("test")).isInstanceOf(ReloadResult.Refused.class);
            assertThatThrownBy(source::load).isInstanceOf(ConfigException.class);
            assertThat(source.fingerprint()).as("nothing for the watch").isEqualTo(source.loadedFingerprint());
        }
    }

    @Test
    void aPipeThatIsNamedLaterIsRefusedUnreadAndForgottenWithTheTextThatNamedIt() throws Exception {
        Path file = Files.writeString(folder.resolve("penstock.yaml"), YAML);
        Path secret = make(folder.resolve("key"));
        ConfigFile source = new ConfigFile(file, Map.of(), List.of());
        try (ProxyServer proxy = started(source)) {
            Files.writeString(file, YAML.replace("KEY", "${file:key}"));

            Response refused = reload(proxy);
            assertThat(refused.status()).isEqualTo(422);
            assertThat(refused.text()).contains(secret.toString(), "bearer", "no regular file", "restart");
            assertThat(source.fingerprint()).as("nothing for the watch").isEqualTo(source.loadedFingerprint());

            Files.writeString(file, YAML);
            assertThat(proxy.reload("test")).isEqualTo(new ReloadResult.Applied(2));
        }
    }

    @Test
    void theWatchTakesNothingFromAPipeThatIsNamedLater() throws Exception {
        Path file = Files.writeString(folder.resolve("penstock.yaml"), YAML);
        Path secret = pipe("key", "secret-of-a-pipe");
        ConfigFile source = new ConfigFile(file, Map.of(), List.of());
        try (ProxyServer proxy = started(source)) {
            proxy.watch();
            Files.writeString(file, YAML.replace("KEY", "${file:key}"));
            eventually(PATIENCE, () -> assertThat(status(proxy)).contains("no regular file"));
            assertThat(Files.readString(secret)).as("still in the pipe").isEqualTo("secret-of-a-pipe");

            Files.writeString(file, YAML);
            eventually(PATIENCE, () -> assertThat(proxy.generation()).isEqualTo(2));
        }
    }

    @Test
    void aSecretThatIsNamedTwiceIsReadOnce() throws Exception {
        pipe("key", "secret-of-a-pipe");
        String twice = """
            listen: 127.0.0.1:0
            clusters:
            - name: c
              instances:
              - {name: one, url: "http://127.0.0.1:1", auth: &auth {bearer: "${file:key}"}}
              - {name: two, url: "http://127.0.0.1:2", auth: {bearer: "${file:key}"}}
              - {name: three, url: "http://127.0.0.1:3", auth: *auth}
            routes: [{name: r, cluster: c}]
            """;
        Path file = Files.writeString(folder.resolve("penstock.yaml"), twice);

        List<InstanceConfig> instances = new ConfigFile(file, Map.of(), List.of())
                .load()
                .config()
                .clusters()
                .getFirst()
                .instances();

        assertThat(instances)
                .extracting(InstanceConfig::auth)
                .hasSize(3)
                .containsOnly(new AuthConfig.Bearer(Secret.of("secret-of-a-pipe")));
    }

    /** One that gives its text to the first who reads it. */
    private Path pipe(String name, String text) throws Exception {
        Path pipe = make(folder.resolve(name));
        Thread.ofPlatform().daemon().start(() -> {
            try {
                Files.writeString(pipe, text);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return pipe;
    }

    private static Path make(Path pipe) throws Exception {
        Process mkfifo = new ProcessBuilder("mkfifo", pipe.toString()).start();
        assertThat(mkfifo.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(mkfifo.exitValue()).isZero();
        return pipe;
    }

    private static ProxyServer started(ConfigFile source) throws IOException {
        return ProxyServer.start(
                source.load(), new Surroundings(new BuildInfo("0", "0", "0", "0"), entry -> {}, () -> 0), source);
    }

    private static String status(ProxyServer proxy) throws IOException {
        try (RawHttpClient client = RawHttpClient.connect(proxy.adminAddress().getPort())) {
            return client.exchange(RawRequest.get("/config")).text();
        }
    }

    private static Response reload(ProxyServer proxy) throws IOException {
        try (RawHttpClient client = RawHttpClient.connect(proxy.adminAddress().getPort())) {
            return client.exchange(RawRequest.of("POST", "/reload"));
        }
    }
}
