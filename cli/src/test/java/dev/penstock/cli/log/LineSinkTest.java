// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class LineSinkTest {
    @Test
    void writesEveryLineInOrderBeforeItIsClosed() {
        var out = new ByteArrayOutputStream();
        try (var sink = LineSink.start(out, "test")) {
            for (var i = 0; i < 10_000; i++) {
                sink.write(i + "\n");
            }
        }

        assertThat(out.toString(UTF_8).lines().map(Integer::parseInt))
                .hasSize(10_000)
                .isSorted();
    }

    @Test
    void dropsAndCountsInsteadOfWaitingForAStalledReader() throws InterruptedException {
        var out = new StalledStream();
        var sink = LineSink.start(out, "test");
        var line = "x".repeat(1023) + "\n";
        sink.write(line);
        out.awaitStall();

        for (var i = 0; i < 10_000; i++) {
            sink.write(line); // 10 MB, more than there is room for: nobody would come back from a blocked write
        }

        var dropped = sink.dropped();
        assertThat(dropped).isBetween(5_000L, 7_000L);
        out.release();
        sink.close();
        assertThat(out.text().lines().count()).isEqualTo(10_001 - dropped);
        assertThat(sink.dropped()).isEqualTo(dropped);
    }

    @Test
    void hasRoomAgainOnceTheReaderGoesOn() throws InterruptedException {
        var out = new StalledStream();
        var sink = LineSink.start(out, "test");
        while (sink.dropped() == 0) {
            sink.write("x".repeat(10_000) + "\n");
        }
        out.release();
        var before = sink.dropped();
        while (!out.text().endsWith("again\n")) {
            sink.write("again\n");
        }
        sink.close();

        assertThat(sink.dropped()).isGreaterThanOrEqualTo(before);
    }

    @Test
    void countsWhatABrokenStreamRefusesAndGoesOn() {
        var broken = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("broken pipe");
            }
        };
        var sink = LineSink.start(broken, "test");
        for (var i = 0; i < 100; i++) {
            sink.write("line\n");
        }
        sink.close();
        sink.close();
        sink.write("too late\n");

        assertThat(sink.dropped()).isEqualTo(101);
    }

    @Test
    void takesLinesFromManyVirtualThreadsAtOnce() throws InterruptedException {
        var out = new ByteArrayOutputStream();
        var sink = LineSink.start(out, "test");
        var threads = new ArrayList<Thread>();
        for (var i = 0; i < 200; i++) {
            threads.add(Thread.startVirtualThread(() -> {
                for (var n = 0; n < 50; n++) {
                    sink.write("a whole line\n");
                }
            }));
        }
        for (var thread : threads) {
            thread.join();
        }
        sink.close();

        assertThat(out.toString(UTF_8).lines()).hasSize(10_000).containsOnly("a whole line");
        assertThat(sink.dropped()).isZero();
    }
}
