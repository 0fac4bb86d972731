// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import dev.penstock.config.HostPort;
import java.net.InetSocketAddress;

/** Addresses between text and sockets. Immutable. */
final class HostPorts {

    private HostPorts() {}

    static InetSocketAddress address(String text) {
        try {
            HostPort hostPort = HostPort.parse(text);
            return new InetSocketAddress(hostPort.host(), hostPort.port());
        } catch (IllegalArgumentException wrong) {
            throw new Failure(ExitCode.USAGE, "'" + text + "' " + wrong.getMessage(), wrong);
        }
    }

    static String text(InetSocketAddress address) {
        return new HostPort(address.getHostString(), address.getPort()).toString();
    }
}
