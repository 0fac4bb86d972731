// SPDX-License-Identifier: Apache-2.0
package dev.penstock.launch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class CarrierNeedTest {
    private static final long MILLISECOND = 1_000_000L;

    private final CarrierNeed need = new CarrierNeed(8, 0);

    @Test
    void beginsWithAllAndShrinksWithTheUse() {
        assertThat(need.carriers(0)).isEqualTo(8);
        useFor(1, 0.1);
        assertThat(need.carriers(0)).isEqualTo(8);
        useFor(100, 0.1);
        assertThat(need.carriers(0)).isEqualTo(1);
    }

    @Test
    void hasSoManyThatNoneIsBusyMostOfTheTime() {
        useFor(100, 0.59);
        assertThat(need.carriers(0)).isEqualTo(1);
        useFor(100, 0.62);
        assertThat(need.carriers(0)).isEqualTo(2);
        useFor(100, 3.1);
        assertThat(need.carriers(0)).isEqualTo(6);
        useFor(100, 100);
        assertThat(need.carriers(0)).isEqualTo(8);
    }

    @Test
    void takesAShortBurstForNoNeed() {
        useFor(100, 0.2);
        useFor(1, 1.5);
        assertThat(need.carriers(0)).isEqualTo(1);
    }

    @Test
    void needsAllForAWhileAfterAThreadWasLate() {
        useFor(100, 0.1);
        need.late(0);
        assertThat(need.carriers(100 * MILLISECOND)).isEqualTo(8);
        need.late(200 * MILLISECOND);
        assertThat(need.carriers(400 * MILLISECOND)).isEqualTo(8);
        assertThat(need.carriers(450 * MILLISECOND)).isEqualTo(1);
    }

    @Test
    void takesAUseThatCannotBeKnownForNone() {
        useFor(100, -0.001);
        assertThat(need.carriers(0)).isEqualTo(1);
    }

    private void useFor(int samples, double processors) {
        for (int i = 0; i < samples; i++) {
            need.used(processors);
        }
    }
}
