// SPDX-License-Identifier: Apache-2.0
package dev.penstock.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.RawRequest;
import dev.penstock.testing.Response;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BlockingConnectorTest {
    private static void echo(Served served) throws Exception {
        served.answer(served.body());
    }

    @Test
    void keepsAConnectionForTheNextRequest() throws Exception {
        try (TestServer server = TestServer.start(BlockingConnectorTest::echo);
                RawHttpClient client = server.connect()) {
            for (int i = 0; i < 50; i++) {
                Response response = client.exchange(RawRequest.postJson("/", "{\"n\":" + i + "}"));
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.text()).isEqualTo("{\"n\":" + i + "}");
            }
            assertThat(server.openConnections()).isEqualTo(1);
        }
    }

    @Test
    void servesTwoRequestsOfOnePacket() throws Exception {
        try (TestServer server = TestServer.start(served -> served.answer(served.path()));
                RawHttpClient client = server.connect()) {
            client.send("GET /one HTTP/1.1\r\nHost: a\r\n\r\nGET /two HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.readResponse().text()).isEqualTo("/one");
            assertThat(client.readResponse().text()).isEqualTo("/two");
        }
    }

    @Test
    void answersABadRequestAndCloses() throws Exception {
        try (TestServer server = TestServer.start(BlockingConnectorTest::echo)) {
            for (int i = 0; i < 20; i++) {
                try (RawHttpClient client = server.connect()) {
                    client.send("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n");
                    Response response = client.readResponse();
                    assertThat(response.status()).isEqualTo(400);
                    assertThat(response.end().isClean()).isTrue();
                    assertThat(client.isClosedByPeerWithin(Duration.ofSeconds(5)))
                            .isTrue();
                }
            }
        }
    }
}
