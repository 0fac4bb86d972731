// SPDX-License-Identifier: Apache-2.0
package dev.penstock.launch;

import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.metrics.BuildInfo;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.RawRequest;
import dev.penstock.transport.Tls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A certificate that is renewed at its place is shown to whoever connects next, and a bad one changes nothing. */
class RenewedCertificateTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    @Test
    void isShownToWhoeverConnectsNext() throws Exception {
        install("server");
        Path file = Files.writeString(folder.resolve("penstock.yaml"), """
            listen: {address: "127.0.0.1:0", tls: {certificate: cert.pem, key: key.pem}}
            admin: 127.0.0.1:0
            clusters: [{name: c, instances: [{url: "http://127.0.0.1:1"}]}]
            routes: [{cluster: c}]
            """);
        ConfigFile source = new ConfigFile(file, Map.of(), List.of());
        Surroundings world = new Surroundings(new BuildInfo("0", "0", "0", "0"), entry -> {}, () -> 0);
        try (ProxyServer proxy = ProxyServer.start(source.load(), world, source)) {
            RawHttpClient before =
                    RawHttpClient.over(Tls.connect(proxy.listenAddress().getPort()));
            assertThat(shown(proxy)).isTrue();
            proxy.watch();

            install("elsewhere");
            eventually(PATIENCE, () -> assertThat(proxy.generation()).isEqualTo(2));
            assertThat(shown(proxy)).as("the old certificate").isFalse();
            assertThat(before.exchange(RawRequest.get("/v1/models")).status())
                    .as("a connection that was there goes on")
                    .isEqualTo(200);
            before.close();

            Files.writeString(folder.resolve("key.pem"), "no key");
            ReloadResult refused = proxy.reload("test");
            assertThat(((ReloadResult.Refused) refused).report()).contains("listen.tls.certificate", "key.pem");
            assertThat(shown(proxy)).isFalse();

            Files.delete(folder.resolve("key.pem"));
            assertThat(proxy.reload("test")).isInstanceOf(ReloadResult.Refused.class);
            install("server");
            eventually(
                    PATIENCE,
                    () -> assertThat(proxy.generation())
                            .as("what comes back is noticed")
                            .isEqualTo(3));
            assertThat(shown(proxy)).isTrue();
        }
    }

    private void install(String name) throws Exception {
        copy(name + ".pem", "cert.pem");
        copy(name + "-key.pem", "key.pem");
    }

    private void copy(String from, String to) throws Exception {
        Path source = Path.of(Objects.requireNonNull(Tls.class.getResource("/tls/" + from), from)
                .toURI());
        Files.copy(source, folder.resolve(to), StandardCopyOption.REPLACE_EXISTING);
    }

    /** Whether the server shows the certificate for localhost; the other one is for another name. */
    private static boolean shown(ProxyServer proxy) throws IOException {
        Socket plain = new Socket(
                InetAddress.getLoopbackAddress(), proxy.listenAddress().getPort());
        try (SSLSocket socket = Tls.over(plain)) {
            X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return !shown.toString().contains("elsewhere.test");
        }
    }
}
