// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.relay.BrokenEncodingException.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class GzipSourceTest {
    private static final byte[] TEXT = "data: hello, wörld\n\ndata: [DONE]\n\n".getBytes(UTF_8);

    private static byte[] gzip(byte[] plain) {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static byte[] deflate(byte[] plain, boolean raw) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var deflate = new DeflaterOutputStream(out, new Deflater(6, raw))) {
            deflate.write(plain);
        }
        return out.toByteArray();
    }

    private static byte[] readAll(GzipSource source) {
        try (source) {
            var all = new ByteArrayOutputStream();
            Optional<ByteBuffer> next = source.read(0);
            while (next.isPresent()) {
                assertThat(next.get().hasRemaining()).isTrue();
                byte[] bytes = new byte[next.get().remaining()];
                next.get().get(bytes);
                all.writeBytes(bytes);
                next = source.read(0);
            }
            return all.toByteArray();
        }
    }

    private static byte[] concat(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        Arrays.stream(parts).forEach(out::writeBytes);
        return out.toByteArray();
    }

    @Test
    void decodesHoweverTheInputIsCut() {
        byte[] encoded = gzip(TEXT);
        for (int cut = 0; cut <= encoded.length; cut++) {
            assertThat(readAll(GzipSource.gzip(FakeSource.cut(encoded, cut)))).isEqualTo(TEXT);
        }
    }

    @Test
    void decodesByteByByte() {
        List<byte[]> bytes = new ArrayList<>();
        for (byte b : gzip(TEXT)) {
            bytes.add(new byte[] {b});
        }
        assertThat(readAll(GzipSource.gzip(FakeSource.of(bytes)))).isEqualTo(TEXT);
    }

    @Test
    void decodesLargeBodiesOfAnyContent() {
        byte[] plain = new byte[3 << 20];
        new Random(7).nextBytes(plain);
        Arrays.fill(plain, 1 << 20, 2 << 20, (byte) 'x');

        assertThat(readAll(GzipSource.gzip(FakeSource.cut(gzip(plain), 1000)))).isEqualTo(plain);
    }

    @Test
    void takesAllOptionalPartsOfAHeaderHoweverTheyAreCut() {
        byte[] plain = gzip(TEXT);
        byte[] header = {0x1f, (byte) 0x8b, 8, 31, 1, 2, 3, 4, 0, (byte) 255};
        byte[] extra = {3, 0, 'a', 'b', 'c'};
        byte[] rest = Arrays.copyOfRange(plain, 10, plain.length);
        byte[] encoded =
                concat(header, extra, "name\0".getBytes(UTF_8), "a comment\0".getBytes(UTF_8), new byte[] {9, 9}, rest);
        for (int cut = 0; cut <= encoded.length; cut++) {
            assertThat(readAll(GzipSource.gzip(FakeSource.cut(encoded, cut)))).isEqualTo(TEXT);
        }
    }

    @Test
    void takesAnEmptyExtraField() {
        byte[] plain = gzip(TEXT);
        byte[] header = {0x1f, (byte) 0x8b, 8, 4, 0, 0, 0, 0, 0, 0, 0, 0};

        assertThat(readAll(GzipSource.gzip(
                        FakeSource.of(List.of(concat(header, Arrays.copyOfRange(plain, 10, plain.length)))))))
                .isEqualTo(TEXT);
    }

    @Test
    void givesEachFlushedEventAtOnceAndAsksForNoMoreBefore() throws IOException {
        var out = new ByteArrayOutputStream();
        List<byte[]> pieces = new ArrayList<>();
        List<String> events = List.of("data: one\n\n", "data: two\n\n", "data: [DONE]\n\n");
        try (var gzip = new GZIPOutputStream(out, 512, true)) {
            for (String event : events) {
                gzip.write(event.getBytes(UTF_8));
                gzip.flush();
                pieces.add(out.toByteArray());
                out.reset();
            }
        }
        pieces.add(out.toByteArray());
        var compressed = FakeSource.of(pieces);
        try (var source = GzipSource.gzip(compressed)) {
            for (int i = 0; i < events.size(); i++) {
                assertThat(text(source.read(0).orElseThrow())).isEqualTo(events.get(i));
                assertThat(compressed.reads()).isEqualTo(i + 1);
            }
            assertThat(source.read(0)).isEmpty();
        }
    }

    private static String text(ByteBuffer bytes) {
        return UTF_8.decode(bytes).toString();
    }

    @Test
    void decodesMembersOneAfterTheOtherAndSkipsPadding() {
        byte[] encoded = concat(gzip(TEXT), gzip(new byte[0]), gzip(TEXT), new byte[5]);
        for (int cut = 0; cut <= encoded.length; cut++) {
            assertThat(readAll(GzipSource.gzip(FakeSource.cut(encoded, cut)))).isEqualTo(concat(TEXT, TEXT));
        }
    }

    @Test
    void takesAnEmptyBodyForEmpty() {
        assertThat(readAll(GzipSource.gzip(FakeSource.of()))).isEmpty();
        assertThat(readAll(GzipSource.deflate(FakeSource.of()))).isEmpty();
        assertThat(readAll(GzipSource.gzip(FakeSource.of(List.of(gzip(new byte[0]))))))
                .isEmpty();
    }

    @Test
    void seesEveryTruncation() {
        byte[] encoded = gzip(TEXT);
        for (int length = 1; length < encoded.length; length++) {
            GzipSource source = GzipSource.gzip(FakeSource.of(List.of(Arrays.copyOf(encoded, length))));
            assertThatThrownBy(() -> readAll(source))
                    .isInstanceOfSatisfying(
                            BrokenEncodingException.class,
                            e -> assertThat(e.kind()).isEqualTo(Kind.TRUNCATED));
        }
    }

    @Test
    void handsOutWhatItHasBeforeItComplainsOfATruncation() throws IOException {
        var out = new ByteArrayOutputStream();
        var gzip = new GZIPOutputStream(out, 512, true);
        gzip.write(TEXT);
        gzip.flush();
        try (var source = GzipSource.gzip(FakeSource.of(List.of(out.toByteArray())))) {
            assertThat(text(source.read(0).orElseThrow())).isEqualTo(new String(TEXT, UTF_8));
            assertThatThrownBy(() -> source.read(0)).isInstanceOf(BrokenEncodingException.class);
        }
    }

    @Test
    void seesWhatIsCorrupt() {
        byte[] encoded = gzip(TEXT);
        byte[] wrongChecksum = encoded.clone();
        wrongChecksum[encoded.length - 6] ^= 1;
        byte[] wrongLength = encoded.clone();
        wrongLength[encoded.length - 2] ^= 1;
        byte[] wrongBody = encoded.clone();
        Arrays.fill(wrongBody, 10, 16, (byte) 0xff);
        for (byte[] bad : List.of(
                TEXT, wrongChecksum, wrongLength, wrongBody, concat(encoded, "junk".getBytes(UTF_8)), new byte[20])) {
            assertThatThrownBy(() -> readAll(GzipSource.gzip(FakeSource.of(List.of(bad)))))
                    .isInstanceOfSatisfying(
                            BrokenEncodingException.class,
                            e -> assertThat(e.kind()).isEqualTo(Kind.CORRUPT));
        }
    }

    @Test
    void takesDeflateWithAndWithoutItsWrapping() throws IOException {
        for (boolean raw : new boolean[] {false, true}) {
            byte[] encoded = deflate(TEXT, raw);
            for (int cut = 0; cut <= encoded.length; cut++) {
                assertThat(readAll(GzipSource.deflate(FakeSource.cut(encoded, cut))))
                        .isEqualTo(TEXT);
            }
            GzipSource cut = GzipSource.deflate(FakeSource.of(List.of(Arrays.copyOf(encoded, encoded.length - 5))));
            assertThatThrownBy(() -> readAll(cut)).isInstanceOf(BrokenEncodingException.class);
        }
    }

    @Test
    void stopsABombLongBeforeItIsWhole() {
        var endless = new EndlessZeros();
        long decoded = 0;
        try (var source = GzipSource.gzip(endless)) {
            while (true) {
                decoded += source.read(0).orElseThrow().remaining();
            }
        } catch (BrokenEncodingException e) {
            assertThat(e.kind()).isEqualTo(Kind.BOMB);
        }
        assertThat(decoded).isBetween(GzipSource.GRACE - (1 << 20), GzipSource.GRACE + (1 << 20));
        assertThat(endless.given).isLessThan(64 << 10);
    }

    @Test
    void letsAnHonestRepetitiveAnswerPass() throws IOException {
        var out = new ByteArrayOutputStream();
        byte[] event = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\" the\"}}]}\n\n".getBytes(UTF_8);
        try (var gzip = new GZIPOutputStream(out, 512, true)) {
            for (int i = 0; i < 100_000; i++) {
                gzip.write(event);
                if (i % 4 == 0) {
                    gzip.flush();
                }
            }
        }
        assertThat(readAll(GzipSource.gzip(FakeSource.of(List.of(out.toByteArray())))))
                .hasSize(100_000 * event.length);
    }

    @Test
    void saysThatNothingCameInTime() throws IOException {
        try (var source = GzipSource.gzip(FakeSource.of(List.of(gzip(TEXT))))) {
            assertThat(source.read(5).orElseThrow().hasRemaining()).isFalse();
            assertThat(text(source.read(0).orElseThrow())).isEqualTo(new String(TEXT, UTF_8));
        }
    }

    @Test
    void freesItsDecoderOnce() {
        GzipSource source = GzipSource.gzip(FakeSource.of(List.of(gzip(TEXT))));
        source.close();
        source.close();

        assertThatThrownBy(() -> source.read(0)).isInstanceOf(IllegalStateException.class);
    }

    /** A gzip stream of a gigabyte of zeros, made as it is read. Confined to one thread. */
    private static final class EndlessZeros implements ChunkSource {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final GZIPOutputStream gzip;
        private final byte[] zeros = new byte[1 << 20];
        private long written;
        private long given;

        EndlessZeros() {
            try {
                gzip = new GZIPOutputStream(out, 512, true);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public Optional<ByteBuffer> read(long timeoutMillis) {
            try {
                while (out.size() < 512 && written < 1 << 30) {
                    gzip.write(zeros);
                    written += zeros.length;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            byte[] piece = out.toByteArray();
            out.reset();
            given += piece.length;
            return Optional.of(ByteBuffer.wrap(piece));
        }
    }
}
