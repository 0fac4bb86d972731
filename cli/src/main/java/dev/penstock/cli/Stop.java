// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import java.io.PrintWriter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;

/**
 * Waits for the first signal to stop, and lets the second one end the process at once. Thread-safe: a latch and an atomic flag.
 */
final class Stop {

    private final CountDownLatch asked = new CountDownLatch(1);
    private final AtomicBoolean again = new AtomicBoolean();
    private final PrintWriter talk;
    private final IntConsumer halt;

    private Stop(PrintWriter talk, IntConsumer halt) {
        this.talk = talk;
        this.halt = halt;
    }

    /** Takes over the signals of the shell. */
    static Stop on(Shell shell) {
        Stop stop = new Stop(shell.err(), shell.halt());
        shell.signals().onStop(stop::signalled);
        return stop;
    }

    /** Returns after the first signal. */
    void await() throws InterruptedException {
        asked.await();
    }

    private void signalled(int number) {
        if (again.getAndSet(true)) {
            halt.accept(number == Signals.INTERRUPT ? ExitCode.INTERRUPTED : ExitCode.TERMINATED);
            return;
        }
        talk.println("penstock: stopping; once more stops at once");
        talk.flush();
        asked.countDown();
    }
}
