// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import dev.penstock.cli.log.LogOutput;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * Runs commands in this process, with an environment, signals and streams of its own. Thread-safe: the signal handler is a queue,
 * and the writers' buffers are synchronized.
 */
final class CommandBench {

    final Map<String, String> environment = new HashMap<>();
    /** What is piped into commands. */
    String input = "";

    private final BlockingQueue<IntConsumer> handlers = new LinkedBlockingQueue<>();
    private final BlockingQueue<Integer> halts = new LinkedBlockingQueue<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private final BlockingQueue<Runnable> reloads = new LinkedBlockingQueue<>();

    /** Signals that a test sends. Thread-safe: queues. */
    private record BenchSignals(BlockingQueue<IntConsumer> stops, BlockingQueue<Runnable> reloads) implements Signals {
        @Override
        public void onStop(IntConsumer handler) {
            stops.add(handler);
        }

        @Override
        public void onReload(Runnable handler) {
            reloads.add(handler);
        }
    }

    /** What a command printed and how it ended. */
    record Outcome(int exitCode, String out, String err) {}

    Outcome run(String... arguments) {
        Shell shell = new Shell(
                environment,
                prompt -> input,
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                log(),
                log(),
                new BenchSignals(handlers, reloads),
                halts::add);
        int exitCode = CommandTree.of(shell).execute(arguments);
        Outcome outcome = new Outcome(exitCode, out(), err());
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return outcome;
    }

    private static LogOutput log() {
        return new LogOutput(OutputStream.nullOutputStream(), false);
    }

    /** Starts a command that serves, and returns once it has taken over the signals and has said where it listens. */
    CompletableFuture<Outcome> start(String... arguments) {
        return CompletableFuture.supplyAsync(
                () -> run(arguments), command -> Thread.ofPlatform().start(command));
    }

    /** The handler that the command has installed. */
    IntConsumer signals() throws InterruptedException {
        IntConsumer handler = handlers.poll(20, TimeUnit.SECONDS);
        if (handler == null) {
            throw new AssertionError("the command did not start: " + err());
        }
        return handler;
    }

    /** What the command does at the signal to reload. */
    Runnable reload() throws InterruptedException {
        Runnable handler = reloads.poll(20, TimeUnit.SECONDS);
        if (handler == null) {
            throw new AssertionError("the command takes no signal to reload: " + err());
        }
        return handler;
    }

    /** The exit code with which the process was ended at once. */
    int halt() throws InterruptedException {
        Integer code = halts.poll(20, TimeUnit.SECONDS);
        if (code == null) {
            throw new AssertionError("the process was not ended");
        }
        return code;
    }

    String out() {
        return out.toString();
    }

    String err() {
        return err.toString();
    }
}
