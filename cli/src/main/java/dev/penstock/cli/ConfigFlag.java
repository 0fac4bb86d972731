// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import java.nio.file.Path;
import java.util.Locale;

/** A flag that replaces one value of the configuration, and the environment variable that does the same. Immutable. */
enum ConfigFlag {
    LISTEN("listen", "HOST:PORT", "Where clients connect."),
    ADMIN("admin", "HOST:PORT", "Where operators connect: health, metrics, live streams."),
    PLUGINS("plugins.directory", "FOLDER", "Folder with plugin JARs."),
    MAX_STREAMS("worker.max_streams", "N", "Streams at once in this process."),
    MAX_STREAMS_PER_ROUTE("worker.max_streams_per_route", "N", "Streams at once on a route without a cap of its own."),
    MAX_STREAMS_PER_INSTANCE(
            "worker.max_streams_per_instance", "N", "Streams at once on an instance without a cap of its own."),
    MAX_STREAMS_PER_CONSUMER("worker.max_streams_per_consumer", "N", "Streams at once of one consumer."),
    MAX_WAITING("worker.queue.max_waiting", "N", "Requests that may wait for a free place."),
    MAX_WAIT("worker.queue.max_wait", "TIME", "How long a request may wait where its route does not say, such as 5s."),
    REUSE_PORT("listen.reuse_port", "", "Share the port with other workers (SO_REUSEPORT)."),
    WATCH("reload.watch", "", "Reload when the configuration changes."),
    LOG_LEVEL("log.level", "LEVEL", "Least severe level that is logged: error, warn, info, debug, trace."),
    LOG_FORMAT("log.format", "FORMAT", "auto, json or human.");

    private final String path;
    private final String parameter;
    private final String description;

    ConfigFlag(String path, String parameter, String description) {
        this.path = path;
        this.parameter = parameter;
        this.description = description;
    }

    /** The key it replaces, as a dotted path. */
    String path() {
        return path;
    }

    /** What stands for this text in the file: there a folder is relative to the installation, here to where the user is. */
    String value(String text) {
        return this == PLUGINS ? Path.of(text).toAbsolutePath().normalize().toString() : text;
    }

    String option() {
        return "--" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    String variable() {
        return "PENSTOCK_" + name();
    }

    /** The name of its parameter in help; empty for a switch. */
    String parameter() {
        return parameter;
    }

    String description() {
        return description;
    }
}
