// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import dev.penstock.cli.log.Logging;
import dev.penstock.cli.mock.MockServer;
import dev.penstock.cli.mock.MockSettings;
import dev.penstock.config.ConfigLoader;
import dev.penstock.config.LoadedConfig;
import dev.penstock.exchange.AccessEntry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code penstock demo}. Confined to the main thread. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Start a mock model and the proxy in front of it; no key, no configuration.")
final class DemoCommand implements Callable<Integer> {

    private static final int USUAL_PORT = 8080;
    private static final int USUAL_ADMIN_PORT = 9901;
    private static final long PATIENCE_SECONDS = 5;

    @Option(names = "--once", description = "Stream one answer through the proxy to the terminal, and end.")
    private boolean once;

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            description = "Where the proxy listens; 127.0.0.1:8080, or any free port if that is taken.")
    private Optional<String> listen = Optional.empty();

    private final Shell shell;

    DemoCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws Exception {
        try (MockServer mock = MockServer.start(loopback(0), MockSettings.defaults(), line -> {})) {
            return once ? streamOnce(mock) : serve(mock);
        }
    }

    private int streamOnce(MockServer mock) throws IOException, InterruptedException {
        CompletableFuture<AccessEntry> recorded = new CompletableFuture<>();
        LoadedConfig config = config(mock, listen.orElse("127.0.0.1:0"), 0);
        try (ServedProxy proxy = ServedProxy.start(config, recorded::complete, () -> 0)) {
            OneAnswer answer = new OneAnswer(shell.out());
            answer.stream(URI.create(proxy.url()));
            shell.print("");
            shell.print("");
            shell.print(answer.summary() + ", " + outcome(recorded));
            return answer.complete() ? ExitCode.OK : ExitCode.UNEXPECTED;
        }
    }

    /** The proxy writes its entry when the stream is over, which may be a moment after the client has seen the end. */
    private static String outcome(CompletableFuture<AccessEntry> recorded) throws InterruptedException {
        try {
            return recorded.get(PATIENCE_SECONDS, TimeUnit.SECONDS).outcome();
        } catch (ExecutionException | TimeoutException neverRecorded) {
            return "outcome unknown";
        }
    }

    private int serve(MockServer mock) throws InterruptedException {
        String address = listen.orElseGet(() -> "127.0.0.1:" + freePort(USUAL_PORT));
        LoadedConfig config = config(mock, address, freePort(USUAL_ADMIN_PORT));
        try (Logging log = Logging.start(config.config().log(), shell.accessLog(), shell.eventLog());
                ServedProxy proxy = ServedProxy.start(config, log, log::dropped)) {
            Stop stop = Stop.on(shell);
            shell.print(welcome(proxy));
            stop.await();
            proxy.drain();
        }
        return ExitCode.OK;
    }

    private static String welcome(ServedProxy proxy) {
        return """
            Penstock is listening on %1$s, in front of a mock model. Try:

              curl -N %1$s%2$s -H 'content-type: application/json' \\
                -d '%3$s'

            Admin: %4$s/streams and %4$s/metrics
            Stop:  Ctrl-C
            """.formatted(proxy.url(), OneAnswer.PATH, OneAnswer.REQUEST, proxy.adminUrl());
    }

    private static LoadedConfig config(MockServer mock, String listen, int adminPort) {
        String text = """
            listen: %s
            admin: 127.0.0.1:%d
            drain: {deadline: 2s}
            clusters: [{name: mock, instances: [{name: mock, url: "http://127.0.0.1:%d"}]}]
            routes: [{name: demo, cluster: mock, models: [mock]}]
            log: {format: human}
            """.formatted(listen, adminPort, mock.address().getPort());
        return new ConfigLoader(Map.of()).parse("demo", text, Path.of(""), List.of());
    }

    private static int freePort(int wanted) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(loopback(wanted));
            return wanted;
        } catch (IOException taken) {
            return 0;
        }
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }
}
