// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.Exchange;
import dev.penstock.testing.Patience;
import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.RecordedRequest;
import dev.penstock.testing.Response;
import dev.penstock.testing.Script;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Streams that arrive one after the other, for certain, and that end one by one, when the test says so. Confined to the test's
 * thread; the upstream's threads wait at the gates.
 */
final class GatedStreams implements AutoCloseable {
    private static final Pattern NUMBER = Pattern.compile("number-(\\d+)-");

    private final Laboratory lab;
    private final List<CountDownLatch> gates;
    private final List<RawHttpClient> clients = new ArrayList<>();

    GatedStreams(Laboratory lab, int most) {
        this.lab = lab;
        this.gates = Stream.generate(() -> new CountDownLatch(1)).limit(most).toList();
        lab.play(request -> Script.sse()
                .event(ProviderEvents.chatDelta("first"))
                .gate(gates.get(number(request)))
                .event(ProviderEvents.chatDone())
                .end());
    }

    private static int number(RecordedRequest request) {
        Matcher m = NUMBER.matcher(request.bodyText());
        assertThat(m.find()).isTrue();
        return Integer.parseInt(m.group(1));
    }

    /** The next one arrives: it is in the proxy when this returns, streaming or in the queue. */
    void begin(String consumer) throws IOException {
        RawHttpClient client = lab.connect();
        client.send(Calls.chat("number-" + clients.size() + "-").consumer(consumer));
        clients.add(client);
        eventually(Patience.seconds(5), () -> {
            var metrics = lab.proxy().metrics();
            assertThat(metrics.sum("penstock_streams_active") + metrics.sum("penstock_queue_depth"))
                    .isEqualTo(clients.size());
        });
    }

    void finish(int number) {
        gates.get(number).countDown();
    }

    /** Waits until so many have reached the upstream; their numbers in that order. */
    List<Integer> served(int count) {
        return lab.upstream().awaitExchanges(count, Patience.seconds(5)).stream()
                .map(Exchange::request)
                .map(GatedStreams::number)
                .toList();
    }

    /** Lets all go on, and reads what each was answered. */
    List<Response> finishAll() throws IOException {
        gates.forEach(CountDownLatch::countDown);
        var responses = new ArrayList<Response>();
        for (RawHttpClient client : clients) {
            responses.add(client.readResponse());
        }
        return responses;
    }

    @Override
    public void close() {
        clients.forEach(RawHttpClient::close);
    }
}
