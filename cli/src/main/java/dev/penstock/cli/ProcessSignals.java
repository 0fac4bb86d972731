// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * The signals of this process. A shutdown hook would not do: with it a drained SIGTERM exits 143, and a second signal is never
 * seen. The class that does is {@code sun.misc.Signal} of the supported module {@code jdk.unsupported}, called by reflection
 * because javac's warning about it cannot be suppressed and warnings are errors here. Immutable.
 */
final class ProcessSignals implements Signals {

    private static final Map<String, Integer> NUMBERS = Map.of("INT", INTERRUPT, "TERM", TERMINATE);

    @Override
    public void onStop(IntConsumer handler) {
        NUMBERS.forEach((name, number) -> {
            Runnable action = () -> handler.accept(number);
            if (!handle(name, action)) {
                Runtime.getRuntime().addShutdownHook(new Thread(action, "stop-" + name));
            }
        });
    }

    /** Where it cannot be taken over (no such signal, or started with nohup) there are other ways to reload. */
    @Override
    public void onReload(Runnable handler) {
        handle("HUP", handler);
    }

    /** False in a JVM without the module, or one started with -Xrs: the signal then does what it always did. */
    private static boolean handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> signalHandler = Class.forName("sun.misc.SignalHandler");
            MethodHandle run = MethodHandles.lookup().bind(action, "run", MethodType.methodType(void.class));
            Object handler =
                    MethodHandleProxies.asInterfaceInstance(signalHandler, MethodHandles.dropArguments(run, 0, signal));
            signal.getMethod("handle", signal, signalHandler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), handler);
            return true;
        } catch (ReflectiveOperationException | IllegalArgumentException notHere) {
            return false;
        }
    }
}
