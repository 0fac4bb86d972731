// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import dev.penstock.config.LoadedConfig;
import dev.penstock.config.PenstockConfig;
import dev.penstock.exchange.AccessLog;
import dev.penstock.launch.CarrierGovernor;
import dev.penstock.launch.ConfigSource;
import dev.penstock.launch.ProxyServer;
import dev.penstock.launch.Surroundings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** A proxy in this process, with failures that a user can act on. Thread-safe: it adds nothing to the server's own state. */
final class ServedProxy implements AutoCloseable {

    private final ProxyServer server;
    private final CarrierGovernor carriers = CarrierGovernor.start();

    private ServedProxy(ProxyServer server) {
        this.server = server;
    }

    /** One whose configuration stays as it is. */
    static ServedProxy start(LoadedConfig loaded, AccessLog log, LongSupplier logDropped) {
        return start(loaded, ConfigSource.none(), log, logDropped);
    }

    /** One that asks the source again when it is told to. */
    static ServedProxy start(LoadedConfig loaded, ConfigSource source, AccessLog log, LongSupplier logDropped) {
        try {
            return new ServedProxy(
                    ProxyServer.start(loaded, new Surroundings(Build.asMetric(), log, logDropped, home()), source));
        } catch (IOException failed) {
            String listen = loaded.config().listen().address().toString();
            String admin = loaded.config().admin().listen().toString();
            throw new Failure(
                    ExitCode.UNAVAILABLE,
                    "cannot listen on " + listen + " and " + admin + ": " + failed.getMessage()
                            + "; stop what has the port, or choose another with --listen or --admin",
                    failed);
        }
    }

    /** The launcher says where it stands. */
    static Optional<Path> home() {
        return Optional.ofNullable(System.getProperty("penstock.home")).map(Path::of);
    }

    InetSocketAddress listenAddress() {
        return server.listenAddress();
    }

    InetSocketAddress adminAddress() {
        return server.adminAddress();
    }

    String url() {
        return "http://" + HostPorts.text(server.listenAddress());
    }

    String adminUrl() {
        return "http://" + HostPorts.text(server.adminAddress());
    }

    long generation() {
        return server.generation();
    }

    /** Follows its file from now on: at the signal, and if so configured when the file changes. */
    void followFile(PenstockConfig started, Signals signals, Consumer<PenstockConfig> reloaded) {
        server.onReload(reloaded);
        signals.onReload(() -> server.reload("signal"));
        if (started.reload().watch()) {
            server.watch();
        }
    }

    /** Returns when every stream has ended, or has been ended. */
    void drain() throws InterruptedException {
        server.drain();
    }

    @Override
    public void close() {
        server.close();
        carriers.close();
    }
}
