// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigValuesTest {
    @ParameterizedTest
    @CsvSource({
        "0B,0",
        "500B,500",
        "64KiB,65536",
        "8MiB,8388608",
        "2GiB,2147483648",
        "10KB,10000",
        "3MB,3000000",
        "1GB,1000000000"
    })
    void readsSizes(String text, long bytes) {
        assertThat(ByteSize.parse(text).bytes()).isEqualTo(bytes);
        assertThat(ByteSize.parse(ByteSize.parse(text).toString())).isEqualTo(ByteSize.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "64", "64K", "64 KiB", "-1B", "1.5MiB", "010B", "64kib"})
    void refusesSizesWithoutAProperUnit(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ByteSize.parse(text))
                .withMessageStartingWith("must");
    }

    @ParameterizedTest
    @CsvSource({
        "0s,0",
        "250us,250000",
        "500ms,500000000",
        "30s,30000000000",
        "120s,120000000000",
        "5m,300000000000",
        "2h,7200000000000",
        "7ns,7"
    })
    void readsDurationsAndWritesThemTheSame(String text, long nanos) {
        assertThat(Durations.parse(text)).isEqualTo(Duration.ofNanos(nanos));
        assertThat(Durations.render(Durations.parse(text))).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "1:30", "-1s", "1.5s", "5 s", "1m30s", "5S"})
    void refusesDurationsWithoutAProperUnit(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Durations.parse(text))
                .withMessageStartingWith("must");
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:80,true",
        "localhost:0,true",
        "[::1]:80,true",
        "0.0.0.0:80,false",
        "[::]:80,false",
        "example.org:1,false"
    })
    void knowsWhetherAnAddressIsLoopback(String text, boolean loopback) {
        assertThat(HostPort.parse(text).loopback()).isEqualTo(loopback);
        assertThat(HostPort.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8,10.1.2.3,true",
        "10.0.0.0/8,11.0.0.1,false",
        "10.1.0.0/20,10.1.15.255,true",
        "10.1.0.0/20,10.1.16.0,false",
        "192.168.0.1,192.168.0.1,true",
        "0.0.0.0/0,8.8.8.8,true",
        "fd00::/8,fd12::1,true",
        "fd00::/8,10.0.0.1,false"
    })
    void knowsWhichAddressesANetworkHolds(String network, String address, boolean held) {
        assertThat(Cidr.parse(network).contains(InetAddress.ofLiteral(address))).isEqualTo(held);
    }

    @ParameterizedTest
    @CsvSource({
        "*,anything,true",
        "gpt-4o,gpt-4o,true",
        "gpt-4o,gpt-4o-mini,false",
        "gpt-*,gpt-4o,true",
        "gpt-*,gpt-,true",
        "gpt-*,xgpt-4,false",
        "*-mini,gpt-4o-mini,true",
        "*-mini,gpt-4o-mini-x,false",
        "a*b*c,a-b-b-c,true",
        "a*b*c,acb,false",
        "**,x,true"
    })
    void matchesGlobs(String glob, String text, boolean matches) {
        assertThat(new Glob(glob).matches(text)).isEqualTo(matches);
    }

    @Test
    void matchesEmptyTextOnlyByStars() {
        assertThat(new Glob("*").matches("")).isTrue();
        assertThat(new Glob("a*").matches("")).isFalse();
    }

    @Test
    void answersAHostileGlobQuickly() {
        assertThat(new Glob("a*a*a*a*a*a*a*a*b").matches("a".repeat(20_000))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"/v1/*,/v1/x,true", "/v1/*,/v1,false", "/v1*,/v1,true", "/v1,/v1,true", "/v1,/v1/,false", "/*,/,true"})
    void matchesPaths(String pattern, String path, boolean matches) {
        assertThat(new PathPattern(pattern).matches(path)).isEqualTo(matches);
    }

    @Test
    void neverPrintsASecret() {
        assertThat(Secret.of("sk-1"))
                .hasToString("***")
                .isEqualTo(Secret.of("sk-1"))
                .isNotEqualTo(Secret.of("sk-2"));
        assertThat(new AuthConfig.Bearer(Secret.of("sk-1")).toString()).doesNotContain("sk-1");
        assertThat(Secret.of("sk-1").reveal()).isEqualTo("sk-1");
    }

    @Test
    void findsTheConditionsOfARetry() {
        assertThat(RetryCondition.parse("5xx").coversStatus(503)).isTrue();
        assertThat(RetryCondition.parse("5xx").coversStatus(429)).isFalse();
        assertThat(RetryCondition.parse("429").coversStatus(429)).isTrue();
        assertThat(RetryCondition.parse("reset").covers(RetryCondition.Failure.RESET))
                .isTrue();
        assertThat(RetryConfig.defaults().retries(RetryCondition.Failure.ERROR_EVENT))
                .isFalse();
        assertThat(RetryConfig.defaults().retriesStatus(500)).isTrue();
    }

    @Test
    void readsPercentages() {
        assertThat(Percent.parse("20%").fraction()).isEqualTo(0.2);
        assertThatIllegalArgumentException().isThrownBy(() -> Percent.parse("101%"));
    }

    @ParameterizedTest
    @CsvSource({"heartbeat,heartbaet,1", "openai,opanai,1", "a,b,1", "same,same,0", "listen,lisen,1", "abc,xyz,3"})
    void countsEdits(String left, String right, int distance) {
        assertThat(DidYouMean.distance(left, right)).isEqualTo(distance);
    }
}
