// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import dev.penstock.cli.mock.Amount;
import dev.penstock.cli.mock.Fault;
import dev.penstock.cli.mock.MockServer;
import dev.penstock.cli.mock.MockSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code penstock mock}. Confined to the main thread. */
@Command(
        name = "mock",
        mixinStandardHelpOptions = true,
        description = {
            "Serve a mock model with OpenAI and Anthropic endpoints.",
            "OpenAI chat completions, responses, completions, embeddings and models; Anthropic messages, count_tokens"
                    + " and",
            "models; streamed and not. GET /health answers 200."
        },
        footer = {
            "",
            "Faults: none, cut (closed in the middle), stall (silent, stays open), reset (RST), error-event,",
            "429, 500, no-terminal (all events but the last).",
            "",
            "A request can choose for itself with the headers x-mock-events, x-mock-interval,",
            "x-mock-first-byte-delay, x-mock-payload, x-mock-fault and x-mock-fault-after. They work when talking",
            "to the mock directly; the proxy forwards only headers it knows, so through it they need a place in its",
            "list of forwarded headers.",
            "",
            "  penstock mock --interval 50ms &",
            "  curl -N localhost:9000/v1/chat/completions -H 'x-mock-fault: cut' \\",
            "    -d '{\"model\":\"mock\",\"stream\":true,\"messages\":[]}'"
        })
final class MockCommand implements Callable<Integer> {

    private static final MockSettings DEFAULTS = MockSettings.defaults();

    @Option(names = "--listen", paramLabel = "HOST:PORT", description = "Where to listen; 127.0.0.1:9000 by default.")
    private String listen = "127.0.0.1:9000";

    @Option(names = "--events", paramLabel = "N", description = "Pieces of text in an answer; 40 by default.")
    private int events = DEFAULTS.events();

    @Option(names = "--interval", paramLabel = "TIME", description = "Time between two pieces; 20ms by default.")
    private String interval = "20ms";

    @Option(names = "--first-byte-delay", paramLabel = "TIME", description = "Time before the head; 0 by default.")
    private String firstByteDelay = "0";

    @Option(
            names = "--payload",
            paramLabel = "SIZE",
            description = "Text in a piece, as 64B or 4KiB; words by default.")
    private String payload = "0";

    @Option(names = "--fault", paramLabel = "NAME", description = "What goes wrong; none by default.")
    private String fault = Fault.NONE.toString();

    @Option(
            names = "--fault-after",
            paramLabel = "N",
            description = "Pieces before cut, stall, reset and error-event; half of them by default.")
    private Optional<Integer> faultAfter = Optional.empty();

    private final Shell shell;

    MockCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws InterruptedException {
        MockSettings settings = settings();
        try (MockServer server = start(settings)) {
            Stop stop = Stop.on(shell);
            shell.say("mock listening on http://" + HostPorts.text(server.address()));
            stop.await();
        }
        return ExitCode.OK;
    }

    private MockSettings settings() {
        try {
            return new MockSettings(
                    events,
                    Amount.duration(interval),
                    Amount.duration(firstByteDelay),
                    Amount.size(payload),
                    Fault.named(fault),
                    faultAfter.map(OptionalInt::of).orElse(OptionalInt.empty()));
        } catch (IllegalArgumentException wrong) {
            throw new Failure(ExitCode.USAGE, wrong.getMessage() + "; see penstock mock --help", wrong);
        }
    }

    private MockServer start(MockSettings settings) {
        InetSocketAddress address = HostPorts.address(listen);
        try {
            return MockServer.start(address, settings, shell::say);
        } catch (IOException cannotBind) {
            throw new Failure(
                    ExitCode.UNAVAILABLE,
                    "cannot listen on " + listen + ": " + cannotBind.getMessage() + "; choose another with --listen",
                    cannotBind);
        }
    }
}
