// SPDX-License-Identifier: Apache-2.0
package dev.penstock.launch;

import dev.penstock.cluster.Member;
import dev.penstock.cluster.Probe;
import dev.penstock.cluster.ProbeResult;
import dev.penstock.config.ActiveHealthConfig;
import dev.penstock.config.ClusterConfig;
import dev.penstock.exchange.UpstreamTargets;
import dev.penstock.upstream.UpstreamCall;
import dev.penstock.upstream.UpstreamClient;
import dev.penstock.upstream.UpstreamException;
import dev.penstock.upstream.UpstreamHead;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;

/**
 * Probes an instance over its own connections, with its own credentials: an HTTP GET, or only a connection.
 *
 * <p>Thread-safe: without state of its own; each probe is confined to its caller, but for the timer that aborts it.
 */
final class InstanceProbe implements Probe {
    private final UpstreamClient client;
    private final UpstreamTargets targets;

    InstanceProbe(UpstreamClient client, UpstreamTargets targets) {
        this.client = client;
        this.targets = targets;
    }

    @Override
    public ProbeResult probe(ClusterConfig cluster, Member member) {
        ActiveHealthConfig active = cluster.health().active();
        String path = active.path().orElse("/");
        try (UpstreamCall call = client.call(
                targets.target(member.instance(), cluster), targets.probe(path, member.config()), active.timeout())) {
            Thread timer = Thread.ofVirtual().name("probe-timeout").start(() -> abortAfter(call, active.timeout()));
            try {
                call.connect();
                return active.type() == ActiveHealthConfig.ProbeType.TCP ? new ProbeResult.Passed() : ask(call, active);
            } finally {
                timer.interrupt();
            }
        } catch (UpstreamException e) {
            return new ProbeResult.Failed(
                    e.kind() == UpstreamException.Kind.ABORTED
                            ? "no answer in time"
                            : e.kind().name());
        }
    }

    private static ProbeResult ask(UpstreamCall call, ActiveHealthConfig active) {
        UpstreamHead head = call.head();
        Optional<ByteBuffer> body = call.read();
        while (body.isPresent()) {
            // Read to its end, so that the connection can be used again; the timer bounds it.
            body = call.read();
        }
        return active.status().contains(head.status())
                ? new ProbeResult.Passed()
                : new ProbeResult.Failed("status " + head.status());
    }

    private static void abortAfter(UpstreamCall call, Duration timeout) {
        try {
            Thread.sleep(timeout);
            call.abort();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // The probe has ended in time.
        }
    }
}
