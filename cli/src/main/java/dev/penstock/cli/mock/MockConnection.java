// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli.mock;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Serves one connection, request by request, until either side closes it. Confined to the connection's thread. */
final class MockConnection implements Runnable {

    private final MockClient client;
    private final MockSettings settings;
    private final MockEndpoints endpoints;
    private final AtomicLong ids; // shared by the server's connections
    private final Consumer<String> log;

    MockConnection(
            MockClient client, MockSettings settings, MockEndpoints endpoints, AtomicLong ids, Consumer<String> log) {
        this.client = client;
        this.settings = settings;
        this.endpoints = endpoints;
        this.ids = ids;
        this.log = log;
    }

    @Override
    public void run() {
        RequestReader reader = new RequestReader(client);
        try (client) {
            boolean open = true;
            while (open) {
                Optional<MockRequest> request = reader.next();
                open = request.isPresent() && serve(request.get());
            }
        } catch (IOException | IllegalArgumentException ended) {
            // Between requests there is nobody to tell: the connection is over, or what came is not HTTP.
        }
    }

    /** Answers one request; whether the connection can carry another. */
    private boolean serve(MockRequest request) throws IOException {
        String id = Long.toHexString(ids.incrementAndGet());
        MockResponse response = new MockResponse(client, request, id);
        try {
            MockSettings chosen = settings.with(request.headers());
            String result = new Performance(client, response, chosen).play(endpoints.answer(request, id));
            report(request, result);
        } catch (IllegalArgumentException refused) {
            response.whole(400, MockEndpoints.style(request).body(400, String.valueOf(refused.getMessage())));
            report(request, "400 " + refused.getMessage());
        } catch (ClientLeftException left) {
            report(request, String.valueOf(left.getMessage()));
            throw left;
        }
        return !client.closed() && !request.wantsClose();
    }

    private void report(MockRequest request, String result) {
        log.accept(request.method() + " " + request.path() + " " + result);
    }
}
