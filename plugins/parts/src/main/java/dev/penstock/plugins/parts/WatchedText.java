// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.parts;

import java.util.function.LongSupplier;

/**
 * A text that can be read until a deadline, or until its reader is interrupted.
 *
 * <p>Confined to the thread that searches.
 */
final class WatchedText implements CharSequence {
    private final CharSequence text;
    private final Watch watch;

    WatchedText(CharSequence text, Watch watch) {
        this.text = text;
        this.watch = watch;
    }

    @Override
    public char charAt(int index) {
        watch.tick();
        return text.charAt(index);
    }

    @Override
    public int length() {
        return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return new WatchedText(text.subSequence(start, end), watch);
    }

    @Override
    public String toString() {
        return text.toString();
    }

    /** Looks at the clock at every thousandth character: reading it costs as much as some thirty of them. */
    static final class Watch {
        private static final int EVERY = 1024;

        private final LongSupplier nanoTime;
        private final long deadline;
        private int left = EVERY;

        Watch(LongSupplier nanoTime, long deadline) {
            this.nanoTime = nanoTime;
            this.deadline = deadline;
        }

        private void tick() {
            if (--left > 0) {
                return;
            }
            left = EVERY;
            if (nanoTime.getAsLong() - deadline >= 0 || Thread.currentThread().isInterrupted()) {
                throw new Expired();
            }
        }
    }

    /** Leaves the matcher, which knows no checked exceptions; never leaves {@link TextSearch}. */
    static final class Expired extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Expired() {
            super("expired", null, false, false);
        }
    }
}
