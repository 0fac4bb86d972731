// SPDX-License-Identifier: Apache-2.0
package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.config.Cidr;
import dev.penstock.exchange.Header;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PeerAddressTest {
    private static final PeerAddress PEERS =
            new PeerAddress(() -> List.of(Cidr.parse("10.0.0.0/8"), Cidr.parse("fd00::/8")));

    private static PeerAddress.Peer peer(String connection, String... forwardedFor) {
        List<Header> headers = Stream.of(forwardedFor)
                .map(value -> new Header("X-Forwarded-For", value))
                .toList();
        return PEERS.of(new InetSocketAddress(InetAddress.ofLiteral(connection), 1), headers);
    }

    @Test
    void believesNobodyButTrustedProxies() {
        assertThat(peer("203.0.113.9", "198.51.100.1").address()).isEqualTo("203.0.113.9");
        assertThat(peer("203.0.113.9", "198.51.100.1").forwardedFor()).isEmpty();
    }

    @Test
    void takesTheRightmostAddressThatIsNoTrustedProxy() {
        assertThat(peer("10.0.0.1", "198.51.100.1").address()).isEqualTo("198.51.100.1");
        assertThat(peer("10.0.0.1", "6.6.6.6, 198.51.100.1, 10.9.9.9").address())
                .isEqualTo("198.51.100.1");
        assertThat(peer("10.0.0.1", "6.6.6.6", "198.51.100.1").address()).isEqualTo("198.51.100.1");
        assertThat(peer("fd00::1", "2001:db8::7").address()).isEqualTo("2001:db8::7");
    }

    @Test
    void appendsTheTrustedProxyToWhatItSends() {
        assertThat(peer("10.0.0.1", "198.51.100.1").forwardedFor()).hasValue("198.51.100.1, 10.0.0.1");
        assertThat(peer("10.0.0.1").forwardedFor()).hasValue("10.0.0.1");
        assertThat(peer("10.0.0.1").address()).isEqualTo("10.0.0.1");
    }

    @Test
    void believesNothingLeftOfWhatIsMalformed() {
        assertThat(peer("10.0.0.1", "6.6.6.6, unknown, 198.51.100.1").forwardedFor())
                .hasValue("198.51.100.1, 10.0.0.1");
        assertThat(peer("10.0.0.1", "6.6.6.6, evil.example").address()).isEqualTo("10.0.0.1");
        assertThat(peer("10.0.0.1", "6.6.6.6,").address()).isEqualTo("10.0.0.1");
    }

    @Test
    void staysWithTheProxyWhenAllHopsAreTrusted() {
        assertThat(peer("10.0.0.1", "10.0.0.3, 10.0.0.2").address()).isEqualTo("10.0.0.3");
    }
}
