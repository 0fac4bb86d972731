// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import dev.penstock.admission.AdmissionQueue;
import dev.penstock.dialect.Dialect;
import dev.penstock.metrics.ProxyMetrics;
import dev.penstock.plugin.PluginHold;
import dev.penstock.upstream.UpstreamClient;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The rooms that every exchange walks through. One per worker. Immutable; what can be reloaded is behind
 * {@code generation}, of which an exchange takes one and keeps it.
 *
 * @param draining whether new requests are to be refused because the worker is going down
 */
public record Exchanges(
        Supplier<Generation> generation,
        AdmissionQueue admission,
        UpstreamClient upstream,
        UpstreamTargets targets,
        StreamRegistry registry,
        ProxyMetrics metrics,
        AccessLog accessLog,
        BooleanSupplier draining) {
    public Exchanges {
        Objects.requireNonNull(generation, "generation");
    }

    /** Accounts for a request that was answered before it could walk through the rooms. */
    public void unread(String id, String method, String path, String peer, int status) {
        String dialect = Dialect.forPath(path).id();
        metrics.requestAnswered(ProxyMetrics.NONE, dialect, status);
        metrics.rejected(RefusalReason.BAD_REQUEST.word(), ProxyMetrics.NONE);
        accessLog.write(AccessEntry.unread(id, method, path, peer, dialect, status));
    }

    /** An exchange for one request; the caller runs it, once, on the stream's thread. */
    public StreamExchange open(ClientRequest request, BodySource body, Downstream downstream) {
        while (true) {
            Generation taken = generation.get();
            Optional<PluginHold> plugins = taken.plugins().hold();
            if (plugins.isPresent()) {
                return new StreamExchange(this, new Taken(taken, plugins.get()), request, body, downstream);
            }
            if (taken.number() == generation.get().number()) {
                throw new IllegalStateException("the proxy is closed");
            }
        }
    }

    /** What a request begins and ends under; its plugins are held until it has ended. Immutable. */
    record Taken(Generation generation, PluginHold plugins) {}
}
