// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.keyauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.penstock.plugins.keyauth.KeyAuthConfig.Consumer;
import dev.penstock.spi.Secret;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

final class ConsumersTest {
    /** What {@code printf old-key-of-blue | sha256sum} prints, and so on. */
    private static final String OLD_BLUE = "sha256:ad8bdefa2b78382919642b4c6642921aee70cde2a4f4bda02208ebd748c2bb73";

    private static final String NEW_BLUE = "sha256:f153e92006185a28419e83de0c103bf476661c900d0335b3bf9bc816617a6ac2";
    private static final String RED = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

    @Test
    void knowsBothKeysOfAConsumer() {
        Consumers consumers = new Consumers(new KeyAuthConfig(
                List.of(consumer("blue", List.of("*"), OLD_BLUE, NEW_BLUE), consumer("red", List.of("*"), RED))));

        assertThat(consumers.of("old-key-of-blue")).map(Consumers.Known::name).contains("blue");
        assertThat(consumers.of("new-key-of-blue")).map(Consumers.Known::name).contains("blue");
        assertThat(consumers.of("key-of-nobody")).isEmpty();
        assertThat(consumers.of(OLD_BLUE)).as("a hash is no key").isEmpty();
    }

    @Test
    void knowsWhatAConsumerMayAskFor() {
        Consumers consumers =
                new Consumers(new KeyAuthConfig(List.of(consumer("blue", List.of("gpt-4*", "local"), OLD_BLUE))));

        Consumers.Known blue = consumers.of("old-key-of-blue").orElseThrow();

        assertThat(blue.may("gpt-4o")).isTrue();
        assertThat(blue.may("local")).isTrue();
        assertThat(blue.may("o1")).isFalse();
        assertThat(blue.may("")).isFalse();
    }

    @Test
    void takesCapitalDigits() {
        String capital = "sha256:" + OLD_BLUE.substring(7).toUpperCase(Locale.ROOT);

        assertThat(new Consumers(new KeyAuthConfig(List.of(consumer("blue", List.of("*"), capital))))
                        .of("old-key-of-blue"))
                .isPresent();
    }

    @Test
    void refusesWhatItCannotUseWithoutSayingTheKey() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> consumer("blue", List.of("*"), "plain-key"))
                .withMessageStartingWith("keys")
                .withMessageNotContaining("plain-key");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> consumer("blue", List.of("*")))
                .withMessageStartingWith("keys");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> consumer("blue", List.of("*"), OLD_BLUE, NEW_BLUE, RED))
                .withMessageStartingWith("keys");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> consumer(" ", List.of("*"), RED))
                .withMessageStartingWith("name");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> consumer("blue", List.of("a*b*"), RED))
                .withMessageStartingWith("models");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KeyAuthConfig(
                        List.of(consumer("blue", List.of("*"), RED), consumer("red", List.of("*"), RED))))
                .withMessageContaining("red");
    }

    private static Consumer consumer(String name, List<String> models, String... keys) {
        return new Consumer(name, List.of(keys).stream().map(Secret::of).toList(), models);
    }
}
