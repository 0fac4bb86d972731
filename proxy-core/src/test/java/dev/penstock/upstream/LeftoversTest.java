// SPDX-License-Identifier: Apache-2.0
package dev.penstock.upstream;

import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.OwnProcess;
import dev.penstock.testing.RecordedRequest;
import dev.penstock.testing.Script;
import dev.penstock.testing.ScriptedUpstream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Thousands of calls, good ones and bad ones, and what they leave behind: nothing. */
@Timeout(120)
class LeftoversTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int STREAMS = 20;
    private static final int CALLS = 150;

    @TempDir
    private Path folder;

    @Test
    void leavesNoThreadAndNoDescriptor() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        try (ScriptedUpstream upstream = ScriptedUpstream.start(LeftoversTest::script)) {
            exercise(upstream, 1, 20, seed);
            long descriptors = OwnProcess.openFiles();
            exercise(upstream, STREAMS, CALLS, seed);
            eventually(SOON, () -> {
                assertThat(upstream.liveConnections()).isZero();
                assertThat(OwnProcess.threads(folder, "upstream-idle", "early-answer", "leftover-"))
                        .isEmpty();
                assertThat(OwnProcess.openFiles()).isLessThanOrEqualTo(descriptors + 5);
            });
        }
    }

    private static void exercise(ScriptedUpstream upstream, int streams, int each, long seed) throws Exception {
        List<Thread> threads = new ArrayList<>();
        try (Calls calls = Calls.to(upstream)) {
            for (int i = 0; i < streams; i++) {
                var random = new Random(seed + i);
                threads.add(Thread.ofVirtual().name("leftover-" + i).start(() -> {
                    for (int j = 0; j < each; j++) {
                        one(calls, random);
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    private static void one(Calls calls, Random random) {
        String[] paths = {"/good", "/good", "/chunked", "/cut", "/reset", "/garbage", "/closing", "/slow"};
        UpstreamCall call = calls.call(paths[random.nextInt(paths.length)]);
        boolean aborted = random.nextInt(4) == 0;
        if (aborted) {
            long after = random.nextInt(3_000_000);
            Thread.ofVirtual().name("leftover-abort").start(() -> {
                LockSupport.parkNanos(after);
                call.abort();
            });
        }
        try (call) {
            call.connect();
            call.head();
            if (random.nextInt(4) > 0) {
                Calls.readAll(call);
            }
        } catch (UpstreamException e) {
            assertThat(e.kind()).isNotNull();
        }
    }

    private static Script script(RecordedRequest request) {
        return switch (request.path()) {
            case "/chunked" -> Script.stream(List.of("data: a\n\n", "data: b\n\n"));
            case "/cut" -> Script.sse().event("data: a\n\n").close();
            case "/reset" -> Script.sse().event("data: a\n\n").reset();
            case "/garbage" -> Script.script().raw("garbage\r\n\r\n").close();
            case "/closing" -> Script.json(200, "{}").close();
            case "/slow" -> Script.stream(List.of("data: a\n\n", "data: b\n\n"), Duration.ofMillis(3));
            default -> Script.json(200, "{}");
        };
    }
}
