// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.cluster.Evidence;
import dev.penstock.dialect.EventKind;
import dev.penstock.upstream.UpstreamException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is held against an instance, and what is not. */
class SetbackTest {

    @Test
    void aBugOfOurOwnIsHeldAgainstNobody() {
        assertThat(Setback.of(new IllegalStateException("bug"))).isEmpty();
        assertThat(Setback.of(new StackOverflowError())).isEmpty();
        assertThat(Optional.of(Setback.of(UpstreamException.Kind.RESET)))
                .map(Setback::evidence)
                .contains(Optional.of(Evidence.RESET));
    }

    @Test
    void aStreamWithoutAnEventIsCutOffAndNoError() {
        assertThat(Setback.ofFirst(Optional.empty())).map(Setback::evidence).contains(Optional.of(Evidence.TRUNCATED));
        assertThat(Setback.ofFirst(Optional.of(EventKind.ERROR)))
                .map(Setback::evidence)
                .contains(Optional.of(Evidence.ERROR_EVENT));
        assertThat(Setback.ofFirst(Optional.of(EventKind.TOKEN))).isEmpty();
    }
}
