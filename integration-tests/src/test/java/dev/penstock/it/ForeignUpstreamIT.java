// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.Eventually;
import dev.penstock.testing.Patience;
import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.Response;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Upstreams that nobody here wrote behave as the scripted one does. Confined to one thread per test. */
final class ForeignUpstreamIT {
    private static final List<String> EVENTS = ProviderEvents.chat(40);
    private static final String STREAM = String.join("", EVENTS);

    private static Path events() throws IOException {
        return Files.writeString(Distribution.work("foreign").resolve("events.txt"), STREAM);
    }

    @Test
    @DisplayName("relays what node's http server streams, whole and cut")
    void relaysNodesHttpServer() throws Exception {
        Node.assumeInstalled();
        Process node = Node.start("upstream.mjs", events().toString());
        try (var reader = new BufferedReader(new InputStreamReader(node.getInputStream(), UTF_8))) {
            String url = "http://127.0.0.1:" + reader.readLine();
            try (var lab = Laboratory.openBroken(Map.of("LAB_UPSTREAM_1", url))) {
                Response whole = lab.call(Calls.chat());
                assertThat(whole.text()).isEqualTo(STREAM);
                assertThat(whole.arrivals()).as("events come one by one").hasSizeGreaterThan(20);
                lab.assertOutcome("completed", 1);

                Protocol.CHAT.assertCut(lab.call(Calls.chat("cut-me")), String.join("", EVENTS.subList(0, 3)));
                assertLeaving(lab);
                lab.check(false);
            }
        } finally {
            node.destroy();
        }
    }

    private static void assertLeaving(Laboratory lab) throws IOException {
        try (RawHttpClient client = lab.connect()) {
            client.send(Calls.chat()).readEventsAfterHead(2);
        }
        Eventually.eventually(
                Patience.seconds(5), () -> assertThat(lab.outcomes()).containsEntry("client_disconnect", 1L));
    }

    private static Path nginxConfiguration(int port) throws IOException {
        Path folder = Distribution.work("nginx");
        Files.createDirectories(folder.resolve("logs"));
        String text = """
            daemon off;
            worker_processes 1;
            pid %1$s/nginx.pid;
            error_log %1$s/logs/error.log;
            events { worker_connections 256; }
            http {
              access_log off;
              client_body_temp_path %1$s/body;
              server {
                listen 127.0.0.1:%2$d;
                error_page 405 =200 $uri;
                location / {
                  default_type text/event-stream;
                  limit_rate 2k;
                  try_files /none =404;
                }
                location = /v1/chat/completions {
                  default_type text/event-stream;
                  limit_rate 2k;
                  alias %3$s;
                }
              }
            }
            """.formatted(folder, port, events());
        return Files.writeString(folder.resolve("nginx.conf"), text);
    }

    @Test
    @DisplayName("relays a file that nginx streams slowly")
    void relaysNginx() throws Exception {
        Assumptions.assumeTrue(ForeignServer.nginx().isPresent(), "nginx is not installed");
        int port = Ports.free();
        Process nginx = new ProcessBuilder(
                        ForeignServer.nginx().orElseThrow().toString(),
                        "-c",
                        nginxConfiguration(port).toString())
                .inheritIO()
                .start();
        try (var lab = Laboratory.openBroken(Map.of("LAB_UPSTREAM_1", "http://127.0.0.1:" + port))) {
            Response whole = lab.call(Calls.chat());
            assertThat(whole.status()).isEqualTo(200);
            assertThat(whole.text()).isEqualTo(STREAM);
            lab.assertOutcome("completed", 1);
            assertLeaving(lab);
            lab.check(false);
        } finally {
            nginx.destroy();
        }
    }
}
