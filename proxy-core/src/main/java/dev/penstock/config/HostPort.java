// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.net.InetAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a listener binds; port 0 takes any free one. An IPv6 host is without brackets. Immutable. */
public record HostPort(String host, int port) {
    static final String PATTERN = "(\\[[0-9a-fA-F:.]+\\]|[A-Za-z0-9._-]+):([0-9]{1,5})";
    private static final Pattern SYNTAX = Pattern.compile(PATTERN);
    private static final String EXPECTED = "must be host:port, such as 127.0.0.1:8080 or [::1]:8080";

    public HostPort {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("must have a port from 0 to 65535");
        }
    }

    public static HostPort parse(String text) {
        Matcher matcher = SYNTAX.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(EXPECTED);
        }
        String host = matcher.group(1);
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        return new HostPort(bare, Integer.parseInt(matcher.group(2)));
    }

    /** Whether only this machine can connect. A name other than localhost counts as reachable: it is not looked up. */
    public boolean loopback() {
        if (host.equalsIgnoreCase("localhost")) {
            return true;
        }
        try {
            return InetAddress.ofLiteral(host).isLoopbackAddress();
        } catch (IllegalArgumentException name) {
            return false;
        }
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
