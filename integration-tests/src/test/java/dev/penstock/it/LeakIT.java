// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.Metrics;
import dev.penstock.testing.Patience;
import dev.penstock.testing.Pause;
import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.Script;
import java.io.IOException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Group L: after thousands of streams nothing is left but counters. Confined to one thread per test. */
@Isolated("measures delays or what the machine has left")
final class LeakIT {
    private static final long MEGABYTE = 1 << 20;

    @Test
    @Lab({
        "LAB_CAP_CONSUMER=off",
        "LAB_CAP_ROUTE=off",
        "LAB_CAP_WORKER=60",
        "LAB_FIRST_BYTE=400ms",
        "LAB_IDLE=400ms",
        "LAB_TOTAL=1500ms",
        "LAB_WRITE_STALL=400ms",
        "LAB_MAX_EVENT=64KiB"
    })
    @DisplayName("L01 leaves nothing behind after two thousand streams of every ending")
    void leavesNothingBehind(Laboratory lab) throws Exception {
        runEndings(lab, 2_000);
    }

    @Test
    @Tag("soak")
    @Lab({
        "LAB_CAP_CONSUMER=off",
        "LAB_CAP_ROUTE=off",
        "LAB_CAP_WORKER=60",
        "LAB_FIRST_BYTE=400ms",
        "LAB_IDLE=400ms",
        "LAB_TOTAL=1500ms",
        "LAB_WRITE_STALL=400ms",
        "LAB_MAX_EVENT=64KiB"
    })
    @DisplayName("L01 leaves nothing behind after twenty thousand streams of every ending")
    void leavesNothingBehindAfterMany(Laboratory lab) throws Exception {
        runEndings(lab, 20_000);
    }

    private static void runEndings(Laboratory lab, int count) throws Exception {
        long seed = System.nanoTime();
        lab.play(Endings::script);
        int warmUp = Math.max(400, count / 10);
        Endings.run(lab, warmUp, seed);
        long heap = settledHeap(lab);
        double direct = direct(lab);

        Endings.run(lab, count - warmUp, seed + 1);

        assertEnded(lab, count, seed);
        assertThat(settledHeap(lab) - heap).as("growth of the live heap").isLessThan(5 * MEGABYTE);
        assertThat(direct(lab) - direct).as("growth of direct memory").isLessThan(4.0 * MEGABYTE);
    }

    /** Each stream has one ending, and nothing has two; the last ones are counted a moment after their client has left. */
    private static void assertEnded(Laboratory lab, int count, long seed) {
        eventually(Patience.seconds(5), () -> {
            Map<String, Long> ended = lab.outcomes();
            Map<String, Long> refused = lab.refusals();
            assertThat(total(ended) + total(refused))
                    .as("outcomes %s, refusals %s, seed %d", ended, refused, seed)
                    .isEqualTo(count);
        });
        assertThat(lab.outcomes().keySet()).isSubsetOf(Endings.OUTCOMES).hasSizeGreaterThanOrEqualTo(8);
    }

    private static long total(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(n -> n).sum();
    }

    private static long settledHeap(Laboratory lab) {
        eventually(
                Patience.seconds(5),
                () -> assertThat(lab.proxy().metrics().sum("penstock_streams_active"))
                        .isZero());
        return lab.proxy().liveHeapBytes();
    }

    private static double direct(Laboratory lab) {
        return lab.proxy().metrics().sum("jvm_buffer_pool_used_bytes", "pool", "direct");
    }

    private static void holdQuietStreams(Laboratory lab, int count) throws Exception {
        lab.play(Script.sse().forever(i -> ProviderEvents.chatDelta("t" + i), Duration.ofSeconds(10)));
        long before = lab.proxy().liveHeapBytes();

        List<RawHttpClient> clients = lab.atOnce(count, i -> {
            Pause.ofMillis(i / 2);
            RawHttpClient client = lab.connect();
            assertThat(client.send(Calls.chat()).readHead().status()).isEqualTo(200);
            client.readEvents(1);
            return client;
        });
        assertThat(lab.upstream().liveStreams()).isEqualTo(count);
        long perStream = (lab.proxy().liveHeapBytes() - before) / count;
        Duration cpu = cpuOver(lab, Duration.ofSeconds(6));

        clients.forEach(RawHttpClient::close);
        assertThat(perStream).as("heap per stream").isLessThan(40 << 10);
        assertThat(cpu).as("CPU in six seconds").isLessThan(Duration.ofMillis(1500));
        lab.assertOutcome("client_disconnect", count);
    }

    private static Duration cpuOver(Laboratory lab, Duration time) {
        Duration before = lab.proxy().process().cpuTime();
        Pause.of(time);
        return lab.proxy().process().cpuTime().minus(before);
    }

    /** Room for thousands of streams that say nothing for a long time. */
    @Lab({
        "PENSTOCK_JVM_OPTS=-Xmx512m",
        "LAB_CAP_CONSUMER=off",
        "LAB_CAP_ROUTE=off",
        "LAB_CAP_WORKER=10000",
        "LAB_HEARTBEAT=5s",
        // How fast they can be opened depends on the machine, and is not the matter here.
        "LAB_CONNECT=20s",
        "LAB_FIRST_BYTE=30s",
        "LAB_IDLE=30s",
        "LAB_TOTAL=10m"
    })
    @Retention(RetentionPolicy.RUNTIME)
    @interface ManyStreams {}

    @Test
    @ManyStreams
    @DisplayName("L03 holds a thousand quiet streams in little memory and less CPU")
    void holdsQuietStreams(Laboratory lab) throws Exception {
        holdQuietStreams(lab, 1_000);
    }

    @Test
    @Tag("soak")
    @ManyStreams
    @DisplayName("L03 holds five thousand quiet streams in little memory and less CPU")
    void holdsManyQuietStreams(Laboratory lab) throws Exception {
        holdQuietStreams(lab, 5_000);
    }

    @Test
    @Lab({"LAB_CAP_WORKER=40", "LAB_CAP_ROUTE=40", "LAB_IDLE=10s"})
    @DisplayName("L04 pins no carrier and delays no virtual thread under overload")
    void pinsNoCarrier(Laboratory lab) throws Exception {
        var process = lab.proxy().process();
        new Overload(lab, 40, Duration.ofSeconds(3)).run();
        process.jcmd("JFR.start", "name=battery", "settings=default");
        Metrics before = lab.proxy().metrics();

        new Overload(lab, 40, Duration.ofSeconds(6)).run();

        Path file = lab.proxy().folder().resolve("battery.jfr");
        process.jcmd("JFR.dump", "name=battery", "filename=" + file);
        process.jcmd("JFR.stop", "name=battery");
        assertThat(pinned(file)).as("pinned for more than 20 ms").isEmpty();
        assertThat(slowShare(lab.proxy().metrics(), before))
                .as("share of scheduler delays above 50 ms")
                .isLessThan(0.05);
    }

    private static List<String> pinned(Path file) throws IOException {
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals("jdk.VirtualThreadPinned"))
                .filter(event -> event.getDuration().compareTo(Duration.ofMillis(20)) > 0)
                .map(Object::toString)
                .toList();
    }

    /** The watchdog looks once a second or so: with few samples p99 is a matter of one, so that a share is judged. */
    private static double slowShare(Metrics now, Metrics before) {
        double all = grown(now, before, "+Inf");
        assertThat(all).as("samples of the scheduler delay").isPositive();
        return 1 - grown(now, before, "0.05") / all;
    }

    private static double grown(Metrics now, Metrics before, String bucket) {
        String name = "penstock_scheduler_delay_seconds_bucket";
        return now.sum(name, "le", bucket) - before.sum(name, "le", bucket);
    }
}
