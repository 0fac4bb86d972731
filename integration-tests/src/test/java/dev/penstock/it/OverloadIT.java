// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.Patience;
import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.RawRequest;
import dev.penstock.testing.Response;
import dev.penstock.testing.ResponseHead;
import dev.penstock.testing.Script;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Group O: caps hold at the upstream's socket, refusals say why, and the queue is fair. Confined to one thread per test. */
@Isolated("measures delays or what the machine has left")
final class OverloadIT {
    /** Streams that are held open, one after the other, and those that were refused. */
    private static final class Ramp implements AutoCloseable {
        private final Laboratory lab;
        private final List<RawHttpClient> held = new ArrayList<>();
        private final List<Response> refused = new ArrayList<>();

        Ramp(Laboratory lab) {
            this.lab = lab;
            lab.play(Script.sse().event(ProviderEvents.chatDelta("held")).silence());
            lab.play(
                    2, r -> Script.sse().event(ProviderEvents.chatDelta("held")).silence());
        }

        void offer(RawRequest request) throws IOException {
            var client = lab.connect();
            ResponseHead head = client.send(request).readHead();
            if (head.status() == 200) {
                held.add(client);
                return;
            }
            Response response = lab.noticed(client.readRest(head));
            client.close();
            assertThat(response.untilEnd())
                    .as("a refusal is quick")
                    .isLessThan(Patience.patient(Duration.ofMillis(100)));
            refused.add(response);
        }

        /** The refusals since the last call. */
        List<Response> takeRefused() {
            var taken = List.copyOf(refused);
            refused.clear();
            return taken;
        }

        int held() {
            return held.size();
        }

        @Override
        public void close() {
            held.forEach(RawHttpClient::close);
        }
    }

    private static void assertRefused(List<Response> refused, int count, int status) {
        assertThat(refused).hasSize(count);
        for (Response response : refused) {
            Protocol.CHAT.assertRefusal(response, status);
            assertThat(Integer.parseInt(response.header("retry-after").orElse("0")))
                    .as("Retry-After of %s", response)
                    .isPositive();
        }
    }

    @Test
    @Lab({
        "LAB_CAP_WORKER=30",
        "LAB_CAP_ROUTE=20",
        "LAB_CAP_CONSUMER=8",
        "LAB_CAP_INSTANCE=15",
        "LAB_WEIGHT_2=1",
        "LAB_BALANCER=least_streams",
        "LAB_QUEUE_LENGTH=0",
        "LAB_IDLE=60s",
        "LAB_TOTAL=60s"
    })
    @DisplayName("O01 keeps the caps of consumer, route, worker and instance, each with its own reason")
    void keepsLayeredCaps(Laboratory lab) throws IOException {
        try (var ramp = new Ramp(lab)) {
            for (int i = 0; i < 12; i++) {
                ramp.offer(Calls.chat().consumer("greedy"));
            }
            assertThat(ramp.held()).isEqualTo(8);
            assertRefused(ramp.takeRefused(), 4, 429);

            for (int i = 0; i < 16; i++) {
                ramp.offer(Calls.chat().consumer("route-a-" + i));
            }
            assertThat(ramp.held()).isEqualTo(20);
            assertRefused(ramp.takeRefused(), 4, 503);

            for (int i = 0; i < 14; i++) {
                ramp.offer(Calls.chat("b-model").consumer("route-b-" + i));
            }
            assertThat(ramp.held()).isEqualTo(30);
            assertRefused(ramp.takeRefused(), 4, 503);
            lab.assertRefusals(Map.of("consumer_cap", 4L, "route_cap", 4L, "worker_cap", 4L));
            assertThat(lab.upstream(1).liveStreamsHighWater() + lab.upstream(2).liveStreamsHighWater())
                    .isLessThanOrEqualTo(30);
            assertThat(lab.upstream(2).liveStreamsHighWater()).isLessThanOrEqualTo(15);
        }
    }

    @Test
    @Lab({"LAB_CAP_INSTANCE=15", "LAB_QUEUE_LENGTH=0", "LAB_IDLE=60s", "LAB_TOTAL=60s"})
    @DisplayName("O01 keeps the cap of an instance")
    void keepsTheCapOfAnInstance(Laboratory lab) throws IOException {
        try (var ramp = new Ramp(lab)) {
            for (int i = 0; i < 18; i++) {
                ramp.offer(Calls.chat().consumer("consumer-" + i));
            }
            assertThat(ramp.held()).isEqualTo(15);
            assertRefused(ramp.takeRefused(), 3, 503);
            lab.assertRefusals(Map.of("instance_cap", 3L));
            assertThat(lab.upstream().liveStreamsHighWater()).isEqualTo(15);
        }
    }

    private static Script streamFor(Duration duration) {
        return Script.sse()
                .event(ProviderEvents.chatDelta("first"))
                .pause(duration)
                .event(ProviderEvents.chatDone())
                .end();
    }

    @Test
    @Lab({"LAB_CAP_WORKER=2", "LAB_QUEUE_LENGTH=3", "LAB_IDLE=10s"})
    @DisplayName("O03 refuses at once when the queue is full and at the deadline when it is not")
    void boundsTheQueueInNumberAndTime(Laboratory lab) throws Exception {
        lab.play(streamFor(Duration.ofSeconds(3)));
        var depths = new ArrayList<Double>();
        var waiting = new AtomicBoolean(true);
        var sampler = Thread.ofVirtual().start(() -> {
            while (waiting.get()) {
                depths.add(lab.proxy().metrics().sum("penstock_queue_depth"));
            }
        });

        List<Response> responses = lab.atOnce(10, i -> lab.call(Calls.chat().consumer("consumer-" + i)));
        waiting.set(false);
        sampler.join();

        var refused = responses.stream().filter(r -> r.status() != 200).toList();
        var late = refused.stream()
                .filter(r -> r.untilHead().compareTo(Duration.ofMillis(600)) > 0)
                .toList();
        assertRefused(refused, 8, 503);
        assertThat(late).as("waited in vain").hasSize(3);
        late.forEach(r -> Patience.assertOnTime(r.untilHead(), Duration.ofSeconds(1)));
        assertThat(lab.upstream().liveStreamsHighWater()).isEqualTo(2);
        assertThat(depths.stream().mapToDouble(d -> d).max()).hasValue(3);
        lab.assertRefusals(Map.of("queue_timeout", 3L, "queue_full", 5L));
        lab.assertOutcome("completed", 2);
    }

    @Test
    @Lab({"LAB_CAP_WORKER=2", "LAB_QUEUE_LENGTH=3", "LAB_QUEUE_WAIT=20s", "LAB_IDLE=20s", "LAB_TOTAL=30s"})
    @DisplayName("O03 serves the queue in the order of arrival")
    void servesInOrderOfArrival(Laboratory lab) throws IOException {
        try (var streams = new GatedStreams(lab, 5)) {
            for (int i = 0; i < 5; i++) {
                streams.begin("consumer-" + i);
            }
            assertThat(streams.served(2)).containsExactlyInAnyOrder(0, 1);
            for (int i = 0; i < 3; i++) {
                streams.finish(i);
                assertThat(streams.served(i + 3).getLast()).isEqualTo(i + 2);
            }
            assertThat(streams.finishAll())
                    .allMatch(r -> r.status() == 200 && r.end().isClean());
        }
        lab.assertOutcome("completed", 5);
        assertThat(lab.growth("penstock_queue_wait_seconds_count")).isEqualTo(5);
        assertThat(lab.growth("penstock_queue_wait_seconds_sum")).isPositive();
    }

    @Test
    @Lab({
        "LAB_CAP_WORKER=4",
        "LAB_CAP_CONSUMER=off",
        "LAB_QUEUE_LENGTH=100",
        "LAB_QUEUE_WAIT=20s",
        "LAB_IDLE=20s",
        "LAB_TOTAL=30s"
    })
    @DisplayName("O04 lets a newcomer pass a consumer who has filled the queue")
    void letsANewcomerPass(Laboratory lab) throws IOException {
        try (var streams = new GatedStreams(lab, 15)) {
            for (int i = 0; i < 14; i++) {
                streams.begin("greedy");
            }
            streams.begin("newcomer");
            streams.served(4);
            streams.finish(0);
            streams.served(5);
            streams.finish(1);
            assertThat(streams.served(6)).as("served after two releases").contains(14);
            assertThat(streams.finishAll()).allMatch(r -> r.status() == 200);
        }
        lab.assertOutcome("completed", 15);
    }

    @Test
    @Lab({"LAB_CAP_WORKER=4", "LAB_CAP_CONSUMER=off", "LAB_QUEUE_LENGTH=200", "LAB_QUEUE_WAIT=20s"})
    @DisplayName("O04 gives consumers of unequal appetite equal shares")
    void givesEqualShares(Laboratory lab) throws Exception {
        lab.play(streamFor(Duration.ofMillis(100)));
        int[] appetites = {2, 4, 8, 16, 32};
        var owners = new ArrayList<Integer>();
        for (int consumer = 0; consumer < appetites.length; consumer++) {
            for (int i = 0; i < appetites[consumer]; i++) {
                owners.add(consumer);
            }
        }
        long end = System.nanoTime() + Duration.ofSeconds(8).toNanos();

        List<Integer> served = lab.atOnce(owners.size(), i -> {
            int count = 0;
            while (System.nanoTime() < end) {
                Response response = lab.call(Calls.chat().consumer("tenant-" + owners.get(i)));
                count += response.status() == 200 && System.nanoTime() < end ? 1 : 0;
            }
            return count;
        });

        var shares = new long[appetites.length];
        for (int i = 0; i < owners.size(); i++) {
            shares[owners.get(i)] += served.get(i);
        }
        double fair = LongStream.of(shares).average().orElseThrow();
        assertThat(shares).as("fair share %s", fair).satisfies(all -> {
            for (long share : all) {
                assertThat((double) share).isBetween(fair * 0.8, fair * 1.2);
            }
        });
    }

    @Test
    @Lab({"LAB_CAP_WORKER=400", "LAB_CAP_ROUTE=400", "LAB_CAP_CONSUMER=400", "LAB_IDLE=60s", "LAB_TOTAL=60s"})
    @DisplayName("O08 hides no queue behind the caps: three hundred streams are live upstream at once")
    void hidesNoQueue(Laboratory lab) throws Exception {
        lab.play(Script.sse().event(ProviderEvents.chatDelta("held")).silence());
        long start = System.nanoTime();

        List<RawHttpClient> clients = lab.atOnce(300, i -> lab.connect().send(Calls.chat()));
        eventually(
                Patience.seconds(5),
                () -> assertThat(lab.upstream().liveStreams()).isEqualTo(300));

        assertThat(Patience.since(start)).isLessThan(Patience.seconds(2));
        clients.forEach(RawHttpClient::close);
        lab.assertOutcome("client_disconnect", 300);
    }

    @Test
    @Lab({"LAB_CAP_WORKER=40", "LAB_CAP_ROUTE=40", "LAB_IDLE=10s"})
    @DisplayName("O09 keeps its throughput and its control plane under five times its capacity")
    void keepsItsThroughput(Laboratory lab) throws Exception {
        Duration length = Optional.ofNullable(System.getProperty("battery.overload.seconds"))
                .map(s -> Duration.ofSeconds(Long.parseLong(s)))
                .orElse(Duration.ofSeconds(10));
        new Overload(lab, 40, length).run();
    }
}
