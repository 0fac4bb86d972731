// SPDX-License-Identifier: Apache-2.0
package dev.penstock.server;

import dev.penstock.config.Cidr;
import dev.penstock.exchange.Header;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Who the client is: the address of the connection, unless that is a proxy that we trust to say for whom it calls. Of what
 * {@code X-Forwarded-For} says, the rightmost address that is no trusted proxy counts; whatever stands left of it anybody can
 * write.
 *
 * <p>Thread-safe: immutable but for the list of trusted networks, which a reload replaces whole.
 */
final class PeerAddress {
    private final Supplier<List<Cidr>> trusted;

    /**
     * The caller. Immutable.
     *
     * @param forwardedFor what to tell the upstream, when the connection is a trusted proxy's
     */
    record Peer(String address, Optional<String> forwardedFor) {}

    PeerAddress(Supplier<List<Cidr>> trusted) {
        this.trusted = trusted;
    }

    Peer of(InetSocketAddress connection, List<Header> headers) {
        InetAddress address = connection.getAddress();
        List<Cidr> networks = trusted.get();
        if (networks.stream().noneMatch(network -> network.contains(address))) {
            return new Peer(address.getHostAddress(), Optional.empty());
        }
        List<String> hops = hops(headers);
        String forwardedFor = String.join(", ", hops);
        String client = address.getHostAddress();
        for (String hop : hops.reversed()) {
            client = hop;
            if (!isTrusted(hop, networks)) {
                break;
            }
        }
        String appended =
                forwardedFor.isEmpty() ? address.getHostAddress() : forwardedFor + ", " + address.getHostAddress();
        return new Peer(client, Optional.of(appended));
    }

    /** The well-formed addresses of all X-Forwarded-For lines; a malformed one ends what can be believed. */
    private static List<String> hops(List<Header> headers) {
        List<String> hops = new ArrayList<>();
        for (Header header : headers) {
            if (header.name().equalsIgnoreCase("x-forwarded-for")) {
                for (String hop : header.value().split(",", -1)) {
                    hops.add(hop.strip());
                }
            }
        }
        int firstBelievable = hops.size();
        while (firstBelievable > 0 && parse(hops.get(firstBelievable - 1)).isPresent()) {
            firstBelievable--;
        }
        return hops.subList(firstBelievable, hops.size());
    }

    private static boolean isTrusted(String hop, List<Cidr> networks) {
        return parse(hop)
                .filter(address -> networks.stream().anyMatch(network -> network.contains(address)))
                .isPresent();
    }

    private static Optional<InetAddress> parse(String literal) {
        try {
            return Optional.of(InetAddress.ofLiteral(literal));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
