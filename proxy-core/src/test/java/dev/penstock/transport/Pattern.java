// SPDX-License-Identifier: Apache-2.0
package dev.penstock.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.Arrival;
import dev.penstock.testing.RawHttpClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;

/** A long body whose every byte is known by its place. Immutable. */
final class Pattern {
    static final int HUGE = 100 * 1024 * 1024;
    private static final int PERIOD = 65521;
    private static final byte[] TWO_PERIODS = twoPeriods();

    private Pattern() {}

    /** Takes a piece. */
    @FunctionalInterface
    interface Sink {
        void take(byte[] bytes) throws IOException;
    }

    private static byte[] twoPeriods() {
        byte[] bytes = new byte[2 * PERIOD];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) ((i % PERIOD) * 31 + ((i % PERIOD) >> 8));
        }
        return bytes;
    }

    static byte[] piece(long from, int length) {
        int start = (int) (from % PERIOD);
        return Arrays.copyOfRange(TWO_PERIODS, start, start + length);
    }

    /** Writes the body in uneven pieces. */
    static void write(long length, Sink sink) throws IOException {
        long at = 0;
        int next = 1;
        while (at < length) {
            int n = (int) Math.min(next, length - at);
            sink.take(piece(at, n));
            at += n;
            next = next * 7 % 60_000 + 1;
        }
    }

    /** Reads a whole body and checks each byte; gives its length. */
    static long check(RawHttpClient client) throws IOException {
        var check = new Check();
        Optional<Arrival> next = client.readSome();
        while (next.isPresent()) {
            check.accept(ByteBuffer.wrap(next.get().bytes()));
            next = client.readSome();
        }
        return check.length();
    }

    /** Compares what it gets with what belongs there. Confined to one thread. */
    static final class Check implements Consumer<ByteBuffer> {
        private long at;

        @Override
        public void accept(ByteBuffer bytes) {
            while (bytes.hasRemaining()) {
                byte[] got = new byte[Math.min(PERIOD, bytes.remaining())];
                bytes.get(got);
                assertThat(Arrays.equals(got, piece(at, got.length)))
                        .as("bytes from %d", at)
                        .isTrue();
                at += got.length;
            }
        }

        long length() {
            return at;
        }
    }
}
