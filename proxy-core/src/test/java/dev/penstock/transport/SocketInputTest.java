// SPDX-License-Identifier: Apache-2.0
package dev.penstock.transport;

import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SocketInputTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private static byte[] drain(SocketInput input) throws IOException {
        var all = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(777);
        while (input.drainTo(buffer.clear()) > 0) {
            all.write(buffer.array(), 0, buffer.position());
        }
        return all.toByteArray();
    }

    @Test
    void givesNothingBeforeSomethingCame() throws Exception {
        try (SocketPair pair = SocketPair.open()) {
            var input = new SocketInput(pair.near());
            assertThat(input.drainTo(ByteBuffer.allocate(10))).isZero();
            assertThat(input.hasBuffered()).isFalse();
            assertThat(input.await(1)).isEqualTo(Readiness.TIMEOUT);
            pair.far().getOutputStream().write(7);
            assertThat(input.await(0)).isEqualTo(Readiness.READY);
            assertThat(input.await(0)).isEqualTo(Readiness.READY);
            assertThat(drain(input)).containsExactly(7);
        }
    }

    @Test
    void givesWhatCameBeforeTheEndAndThenTheEnd() throws Exception {
        try (SocketPair pair = SocketPair.open()) {
            var input = new SocketInput(pair.near());
            pair.far().getOutputStream().write(new byte[10_000]);
            pair.far().shutdownOutput();
            int total = 0;
            while (input.await(0) == Readiness.READY) {
                total += drain(input).length;
            }
            assertThat(total).isEqualTo(10_000);
            assertThat(input.isEnded()).isTrue();
            assertThat(input.drainTo(ByteBuffer.allocate(10))).isEqualTo(-1);
            assertThat(input.await(0)).isEqualTo(Readiness.ENDED);
        }
    }

    @Test
    void tellsAResetFromAnEnd() throws Exception {
        try (SocketPair pair = SocketPair.open()) {
            var input = new SocketInput(pair.near());
            pair.far().setSoLinger(true, 0);
            pair.far().close();
            assertThat(input.await(0)).isEqualTo(Readiness.ENDED);
            assertThatThrownBy(() -> input.drainTo(ByteBuffer.allocate(10))).isInstanceOf(IOException.class);
        }
    }

    @Test
    void keepsWhatTheWatcherReads() throws Exception {
        try (SocketPair pair = SocketPair.open()) {
            var input = new SocketInput(pair.near());
            input.watch("watch", () -> {});
            byte[] sent = Pattern.piece(0, 40_000);
            pair.far().getOutputStream().write(sent);
            eventually(SOON, () -> assertThat(input.hasBuffered()).isTrue());
            input.unwatch();
            var got = new ByteArrayOutputStream();
            while (got.size() < sent.length) {
                assertThat(input.await(0)).isEqualTo(Readiness.READY);
                got.writeBytes(drain(input));
            }
            assertThat(got.toByteArray()).isEqualTo(sent);
        }
    }

    @Test
    void callsBackOnceWhenThePeerLeaves() throws Exception {
        try (SocketPair pair = SocketPair.open()) {
            var input = new SocketInput(pair.near());
            var calls = new AtomicInteger();
            var called = new CompletableFuture<Boolean>();
            input.watch("watch", () -> {
                calls.incrementAndGet();
                called.complete(Thread.currentThread().isVirtual());
            });
            pair.far().close();
            assertThat(called.get(10, TimeUnit.SECONDS)).isTrue();
            assertThat(input.await(0)).isEqualTo(Readiness.ENDED);
            assertThat(calls).hasValue(1);
        }
    }

    @Test
    void wakesAnOwnerThatWaitsBehindTheWatcher() throws Exception {
        try (SocketPair pair = SocketPair.open()) {
            var input = new SocketInput(pair.near());
            var watching = new CompletableFuture<Void>();
            input.watch("watch", () -> {});
            var owner = new CompletableFuture<Readiness>();
            Thread.startVirtualThread(() -> {
                input.unwatch();
                watching.complete(null);
                owner.complete(input.await(0));
            });
            watching.join();
            pair.far().getOutputStream().write(1);
            assertThat(owner.get(10, TimeUnit.SECONDS)).isEqualTo(Readiness.READY);
        }
    }

    @Test
    void timesOutBehindALingeringWatcherToo() throws Exception {
        try (SocketPair pair = SocketPair.open()) {
            var input = new SocketInput(pair.near());
            input.watch("watch", () -> {});
            input.unwatch();
            assertThat(input.await(20)).isEqualTo(Readiness.TIMEOUT);
            assertThat(input.await(20)).isEqualTo(Readiness.TIMEOUT);
            pair.far().getOutputStream().write(1);
            assertThat(input.await(0)).isEqualTo(Readiness.READY);
        }
    }

    @Test
    void endsWhenItsOwnSocketIsClosedUnderIt() throws Exception {
        try (SocketPair pair = SocketPair.open()) {
            var input = new SocketInput(pair.near());
            var owner = new CompletableFuture<Readiness>();
            Thread.startVirtualThread(() -> owner.complete(input.await(0)));
            pair.near().close();
            assertThat(owner.get(10, TimeUnit.SECONDS)).isEqualTo(Readiness.ENDED);
        }
    }

    @Test
    void leavesTheThreadInterruptedThatWasInterrupted() throws Exception {
        try (SocketPair pair = SocketPair.open()) {
            var input = new SocketInput(pair.near());
            input.watch("watch", () -> {});
            var outcome = new CompletableFuture<String>();
            Thread owner = Thread.startVirtualThread(() -> {
                Readiness readiness = input.await(0);
                outcome.complete(readiness + " " + Thread.currentThread().isInterrupted());
            });
            owner.interrupt();
            assertThat(outcome.get(10, TimeUnit.SECONDS)).isIn("TIMEOUT true", "ENDED true");
        }
    }

    static java.util.stream.LongStream seeds() {
        return new Random().longs(20);
    }

    /** Owner and watcher race over one stream of bytes; each byte comes once, in order, and the end is always seen. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @Timeout(60)
    void losesNothingInAStorm(long seed) throws Exception {
        var random = new Random(seed);
        int length = 300_000 + random.nextInt(300_000);
        boolean reset = random.nextBoolean();
        try (SocketPair pair = SocketPair.open()) {
            long farSeed = random.nextLong();
            var far = new CompletableFuture<Void>();
            Thread.startVirtualThread(() -> {
                try {
                    play(pair.far(), length, new Random(farSeed));
                    if (reset) {
                        awaitEverythingRead(pair.far());
                        pair.far().setSoLinger(true, 0);
                    }
                    pair.far().close();
                    far.complete(null);
                } catch (IOException e) {
                    far.completeExceptionally(e);
                }
            });
            own(new SocketInput(pair.near()), pair.near(), length, random);
            far.get(10, TimeUnit.SECONDS);
        }
    }

    private static void play(Socket socket, int length, Random random) throws IOException {
        int at = 0;
        while (at < length) {
            int n = Math.min(length - at, 1 + random.nextInt(random.nextInt(20) == 0 ? 50_000 : 1500));
            socket.getOutputStream().write(Pattern.piece(at, n));
            at += n;
            pause(random);
        }
    }

    private static void awaitEverythingRead(Socket socket) throws IOException {
        socket.getInputStream().read();
    }

    private static void own(SocketInput input, Socket socket, int length, Random random) throws Exception {
        var calls = new ArrayList<AtomicInteger>();
        boolean armed = false;
        var check = new Pattern.Check();
        boolean acknowledged = false;
        while (true) {
            if (random.nextInt(3) == 0) {
                var mine = new AtomicInteger();
                calls.add(mine);
                armed = true;
                input.watch("storm", mine::incrementAndGet);
                pause(random);
                if (random.nextInt(4) > 0) {
                    input.unwatch();
                    armed = false;
                }
            }
            Readiness readiness = input.await(random.nextBoolean() ? 0 : 1 + random.nextInt(3));
            if (readiness == Readiness.ENDED) {
                break;
            }
            ByteBuffer some = ByteBuffer.allocate(1 + random.nextInt(5000));
            if (readiness == Readiness.READY) {
                assertThat(input.drainTo(some)).isPositive();
                check.accept(some.flip());
            }
            if (check.length() == length && !acknowledged) {
                acknowledged = true;
                socket.getOutputStream().write(1);
            }
        }
        assertThat(check.length()).isEqualTo(length);
        if (armed) {
            eventually(SOON, () -> assertThat(calls.getLast()).hasValue(1));
        }
        assertThat(calls).allSatisfy(each -> assertThat(each.get()).isLessThanOrEqualTo(1));
        var late = new AtomicInteger();
        input.watch("late", late::incrementAndGet);
        assertThat(late).hasValue(1);
    }

    private static void pause(Random random) {
        switch (random.nextInt(4)) {
            case 0 -> java.util.concurrent.locks.LockSupport.parkNanos(1);
            case 1 -> java.util.concurrent.locks.LockSupport.parkNanos(random.nextInt(100_000));
            default -> Thread.onSpinWait();
        }
    }

    /** Watches armed and disarmed at random, and then one that stays: it must see the end. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @Timeout(60)
    void seesTheDepartureHoweverOftenItWasArmed(long seed) throws Exception {
        var random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            try (SocketPair pair = SocketPair.open()) {
                var input = new SocketInput(pair.near());
                for (int i = random.nextInt(5); i > 0; i--) {
                    input.watch("storm", () -> {});
                    pause(random);
                    input.unwatch();
                    if (random.nextBoolean()) {
                        input.await(1);
                    }
                }
                var departed = new CompletableFuture<Boolean>();
                Thread leaving = Thread.startVirtualThread(() -> {
                    pause(random(seed));
                    closeQuietly(pair.far());
                });
                input.watch("last", () -> departed.complete(true));
                assertThat(departed.get(10, TimeUnit.SECONDS)).isTrue();
                leaving.join();
            }
        }
    }

    private static Random random(long seed) {
        return new Random(seed);
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
