// SPDX-License-Identifier: Apache-2.0
package dev.penstock.launch;

import dev.penstock.exchange.AccessLog;
import dev.penstock.metrics.BuildInfo;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * What the process gives a proxy. Immutable.
 *
 * @param build what is running, for {@code penstock_build_info}
 * @param accessLog where finished requests are told
 * @param logDropped lines that the log could not keep up with
 * @param home where the proxy is installed; a relative plugin folder is looked for there too
 */
public record Surroundings(BuildInfo build, AccessLog accessLog, LongSupplier logDropped, Optional<Path> home) {
    /** A proxy that is not installed anywhere. */
    public Surroundings(BuildInfo build, AccessLog accessLog, LongSupplier logDropped) {
        this(build, accessLog, logDropped, Optional.empty());
    }

    public Surroundings {
        Objects.requireNonNull(build, "build");
        Objects.requireNonNull(accessLog, "accessLog");
        Objects.requireNonNull(logDropped, "logDropped");
    }
}
