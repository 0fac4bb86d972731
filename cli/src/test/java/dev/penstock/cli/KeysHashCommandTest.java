// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.cli.CommandBench.Outcome;
import org.junit.jupiter.api.Test;

final class KeysHashCommandTest {
    private final CommandBench bench = new CommandBench();

    @Test
    void printsTheHashAloneAndNeverTheKey() {
        bench.input = "a-key-that-is-long-enough ";

        Outcome outcome = bench.run("keys", "hash");

        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out())
                .isEqualToIgnoringNewLines("sha256:e0f6e0b8e84eb1ac8aad6040924f4a9c825b931994e90fccfd59be046b0d474f");
        assertThat(outcome.err()).isEmpty();
    }

    @Test
    void warnsOfAKeyThatCanBeGuessed() {
        bench.input = "short";

        Outcome outcome = bench.run("keys", "hash");

        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out()).startsWith("sha256:");
        assertThat(outcome.err()).contains("can be guessed").doesNotContain("short");
    }

    @Test
    void refusesNothing() {
        Outcome outcome = bench.run("keys", "hash");

        assertThat(outcome.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(outcome.out()).isEmpty();
    }

    @Test
    void takesNoKeyAsAnArgument() {
        assertThat(bench.run("keys", "hash", "a-key-that-is-long-enough").exitCode())
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void saysWhatThereIs() {
        Outcome outcome = bench.run("keys");

        assertThat(outcome.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(outcome.err()).contains("hash");
    }
}
