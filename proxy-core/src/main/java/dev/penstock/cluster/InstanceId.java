// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.net.URI;
import java.util.Optional;

/**
 * What makes an instance the same across reloads: its cluster, its name and where it is. The address is present only where a
 * cluster follows DNS; then connections go to it, while host and TLS name stay those of the URL. Immutable.
 */
public record InstanceId(String cluster, String name, URI url, Optional<InetAddress> address) {

    public InstanceId {
        requireNonNull(cluster, "cluster");
        requireNonNull(name, "name");
        requireNonNull(url, "url");
        requireNonNull(address, "address");
    }

    public InstanceId(String cluster, String name, URI url) {
        this(cluster, name, url, Optional.empty());
    }

    @Override
    public String toString() {
        return cluster + "/" + name;
    }
}
