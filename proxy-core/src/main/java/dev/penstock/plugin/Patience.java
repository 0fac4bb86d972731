// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;

/** Runs a plugin's start and stop code on a thread of its own, and waits for it, but not for ever. Immutable. */
final class Patience {
    /** How long creating, asking or closing a plugin may take. */
    static final Duration LIMIT = Duration.ofSeconds(30);

    private Patience() {}

    /** What came of it. */
    sealed interface Result<T> {
        record Returned<T>(T value) implements Result<T> {}

        record Threw<T>(Throwable cause) implements Result<T> {}

        record Late<T>() implements Result<T> {}
    }

    /** Runs the body with that context class loader; interrupts it when the limit is over, and waits no longer. */
    static <T> Result<T> run(String name, ClassLoader context, Duration limit, Callable<T> body) {
        AtomicReference<Optional<Result<T>>> result = new AtomicReference<>(Optional.empty());
        Thread thread = Thread.ofPlatform().daemon().name(name).unstarted(() -> {
            try {
                result.set(Optional.of(new Result.Returned<>(body.call())));
            } catch (Throwable t) { // plugin code may throw anything
                result.set(Optional.of(new Result.Threw<>(t)));
            }
        });
        thread.setContextClassLoader(context);
        thread.start();
        boolean done = false;
        try {
            done = thread.join(limit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!done) {
            thread.interrupt();
        }
        return result.get().orElseGet(Result.Late::new);
    }
}
