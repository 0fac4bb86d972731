// SPDX-License-Identifier: Apache-2.0
package dev.penstock.metrics;

import static java.util.Objects.requireNonNull;

/** What is running, as {@code penstock_build_info} and {@code penstock version} tell it. Immutable. */
public record BuildInfo(String version, String commit, String jdk, String jetty) {
    public BuildInfo {
        requireNonNull(version, "version");
        requireNonNull(commit, "commit");
        requireNonNull(jdk, "jdk");
        requireNonNull(jetty, "jetty");
    }
}
