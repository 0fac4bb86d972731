// SPDX-License-Identifier: Apache-2.0
package dev.penstock.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.penstock.transport.BlockingEndPoint;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Looks after a request while it is written: a model server may have refused it, and neither read on nor close. Whoever is inside
 * the write cannot see that. So when a write has made no progress for a while, somebody is sent into the socket's read, and when
 * a refusal has come the write is broken off; what the writer reads next is the refusal. A server that reads on gets everything,
 * whatever it has said.
 *
 * <p>Guarded by this: every field. The clocks look, the calling thread closes.
 */
final class EarlyAnswer implements AutoCloseable {
    private static final Duration STUCK = Duration.ofMillis(200);

    /** The first digit of a final head's status, behind any number of interim heads. */
    private static final Pattern FINAL_HEAD =
            Pattern.compile("(?s)(?:HTTP/1\\.\\d 1\\d\\d.*?\\r\\n\\r\\n)*+HTTP/1\\.\\d ([2-5])\\d\\d");

    private final BlockingEndPoint endPoint;
    private boolean watched;
    private boolean over;

    EarlyAnswer(BlockingEndPoint endPoint) {
        this.endPoint = endPoint;
    }

    /** Never blocks. */
    synchronized void look(long now) {
        long writingSince = endPoint.writingSince();
        if (over || writingSince == 0 || now - writingSince < STUCK.toNanos()) {
            return;
        }
        if (!watched) {
            watched = true;
            endPoint.watchDeparture("early-answer", () -> {});
        } else if (endPoint.isEnded()) {
            stopWriting();
        } else {
            judge(FINAL_HEAD.matcher(new String(endPoint.received(), ISO_8859_1)));
        }
    }

    /** Whatever else may come, the head that has come says all. */
    private void judge(Matcher head) {
        if (!head.lookingAt()) {
            return;
        }
        if (head.group(1).compareTo("4") < 0) {
            over = true;
        } else {
            stopWriting();
        }
    }

    private void stopWriting() {
        over = true;
        endPoint.stopWriting();
    }

    /** The request is written, or never will be. */
    @Override
    public synchronized void close() {
        over = true;
        if (watched) {
            endPoint.unwatchDeparture();
        }
    }
}
