// SPDX-License-Identifier: Apache-2.0
package dev.penstock.launch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class CarrierNeedTest {
    private static final long MILLISECOND = 1_000_000L;

    private final CarrierNeed need = new CarrierNeed(8, 0);

    @Test
    void beginsWithAllAndShrinksWithTheWork() {
        assertThat(need.carriers(0)).isEqualTo(8);
        look(1, 0);
        assertThat(need.carriers(0)).isEqualTo(8);
        look(1000, 0);
        assertThat(need.carriers(0)).isEqualTo(1);
    }

    @Test
    void hasSoManyThatNoneIsBusyMostOfTheTime() {
        look(1000, 0);
        look(50, 1);
        assertThat(need.carriers(0)).isEqualTo(1);
        look(50, 1);
        assertThat(need.carriers(0)).isEqualTo(2);
        look(1000, 3);
        assertThat(need.carriers(0)).isEqualTo(5);
        look(1000, 8);
        assertThat(need.carriers(0)).isEqualTo(8);
    }

    @Test
    void takesAShortBurstForNoNeed() {
        look(1000, 0);
        look(5, 8);
        assertThat(need.carriers(0)).isEqualTo(1);
    }

    @Test
    void needsAllForAWhileWhereAllWereNeeded() {
        look(1000, 0);
        need.all(0);
        assertThat(need.carriers(100 * MILLISECOND)).isEqualTo(8);
        need.all(200 * MILLISECOND);
        assertThat(need.carriers(400 * MILLISECOND)).isEqualTo(8);
        assertThat(need.carriers(450 * MILLISECOND)).isEqualTo(1);
    }

    private void look(int times, int working) {
        for (int i = 0; i < times; i++) {
            need.seen(working);
        }
    }
}
