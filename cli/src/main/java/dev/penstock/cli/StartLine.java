// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import dev.penstock.config.HostPort;
import dev.penstock.config.LoadedConfig;
import dev.penstock.config.PenstockConfig;
import dev.penstock.config.WorkerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a started proxy says of itself: one line, and one more for everything that is unsafe. Immutable. */
final class StartLine {

    private StartLine() {}

    static String of(PenstockConfig config, String file, ServedProxy proxy) {
        String scheme = config.listen().tls().isPresent() ? "https" : "http";
        return "listening on " + scheme + "://" + HostPorts.text(proxy.listenAddress()) + ", admin " + proxy.adminUrl()
                + ", configuration " + file + " (generation " + proxy.generation() + "), "
                + count(config.routes().size(), "route") + ", "
                + count(config.clusters().size(), "cluster") + ", "
                + count(config.plugins().chain().size(), "plugin") + ", " + caps(config.worker()) + ", pid "
                + ProcessHandle.current().pid();
    }

    /** The configuration's own warnings, and those that only whoever starts a server can give. */
    static List<String> warnings(LoadedConfig loaded) {
        List<String> warnings = new ArrayList<>();
        loaded.warnings().forEach(problem -> warnings.add(problem.summary()));
        HostPort listen = loaded.config().listen().address();
        if (!listen.loopback()) {
            warnings.add("whoever can reach " + listen + " can use the upstreams' credentials");
        }
        if (!listen.loopback() && loaded.config().listen().tls().isEmpty()) {
            warnings.add("clients connect to " + listen + " without TLS; set listen.tls, or listen on 127.0.0.1");
        }
        return warnings;
    }

    private static String caps(WorkerConfig worker) {
        List<String> caps = new ArrayList<>();
        caps.add("at most " + count(worker.maxStreams(), "stream"));
        cap(caps, worker.maxStreamsPerRoute(), "per route");
        cap(caps, worker.maxStreamsPerInstance(), "per instance");
        cap(caps, worker.maxStreamsPerConsumer(), "per consumer");
        caps.add(worker.queue().maxWaiting() + " waiting");
        return String.join(", ", caps);
    }

    private static void cap(List<String> caps, Optional<Integer> cap, String scope) {
        cap.ifPresent(number -> caps.add(number + " " + scope));
    }

    private static String count(int number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
