// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.net.InetAddress;

/** A network, or one address. Immutable. */
public record Cidr(InetAddress network, int prefix) {
    static final String PATTERN = "([0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-fA-F]*:[0-9a-fA-F:.]+)(/[0-9]{1,3})?";
    private static final String EXPECTED = "must be an address or a network, such as 10.0.0.0/8 or ::1";

    public Cidr {
        if (prefix < 0 || prefix > network.getAddress().length * 8) {
            throw new IllegalArgumentException(EXPECTED);
        }
    }

    public static Cidr parse(String text) {
        if (!text.matches(PATTERN)) {
            throw new IllegalArgumentException(EXPECTED);
        }
        int slash = text.indexOf('/');
        try {
            InetAddress address = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
            int bits = address.getAddress().length * 8;
            return new Cidr(address, slash < 0 ? bits : Integer.parseInt(text.substring(slash + 1)));
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException(EXPECTED, malformed);
        }
    }

    public boolean contains(InetAddress candidate) {
        byte[] ours = network.getAddress();
        byte[] theirs = candidate.getAddress();
        if (ours.length != theirs.length) {
            return false;
        }
        for (int bit = 0; bit < prefix; bit++) {
            int mask = 0x80 >> bit % 8;
            if ((ours[bit / 8] & mask) != (theirs[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return network.getHostAddress() + "/" + prefix;
    }
}
