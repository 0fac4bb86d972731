// SPDX-License-Identifier: Apache-2.0
package dev.penstock.transport;

import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.OwnProcess;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.RawRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Thousands of clients, good ones and bad ones, and what they leave behind: nothing. */
@Timeout(120)
class ConnectorLeftoversTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    @Test
    void leavesNoThreadAndNoDescriptor() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        try (TestServer server = TestServer.start(served -> {
            served.endPoint().watchDeparture("leftover-watch", () -> {});
            if (served.path().equals("/half")) {
                served.write("half of it");
                throw new IOException("and no more");
            }
            served.endPoint().unwatchDeparture();
            served.answer(served.body());
        })) {
            exercise(server, 1, 20, seed);
            server.awaitConnections(0);
            long descriptors = OwnProcess.openFiles();
            exercise(server, 20, 150, seed);
            server.awaitConnections(0);
            eventually(SOON, () -> {
                assertThat(OwnProcess.threads(folder, "leftover-watch", "connection-"))
                        .isEmpty();
                assertThat(OwnProcess.openFiles()).isLessThanOrEqualTo(descriptors + 5);
            });
        }
    }

    private static void exercise(TestServer server, int clients, int each, long seed) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            var random = new Random(seed + i);
            threads.add(Thread.startVirtualThread(() -> {
                for (int j = 0; j < each; j++) {
                    one(server, random);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static void one(TestServer server, Random random) {
        try (RawHttpClient client = server.connect()) {
            switch (random.nextInt(6)) {
                case 0 -> client.exchange(RawRequest.postJson("/", "{}"));
                case 1 -> client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n12");
                case 2 -> client.send("GET / HT").reset();
                case 3 -> client.exchange(RawRequest.get("/half"));
                case 4 -> client.send("nonsense\r\n\r\n").readUntilClosed();
                default -> client.send(RawRequest.postJson("/", "{}")).reset();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
