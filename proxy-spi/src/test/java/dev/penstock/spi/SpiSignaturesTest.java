// SPDX-License-Identifier: Apache-2.0

package dev.penstock.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Guards {@code spi-api.txt}. After a change that is meant, give {@link SpiVersion#CURRENT} its next number and copy
 * {@code target/spi-api.txt} over the list; the review sees both.
 */
final class SpiSignaturesTest {

    @Test
    void theSpiIsWhatTheCheckedInListSays() throws IOException {
        List<String> actual = new ArrayList<>();
        actual.add("# The public signatures of the SPI. A change here is a change of SpiVersion.CURRENT.");
        actual.add("version " + SpiVersion.CURRENT);
        actual.addAll(SpiSignatures.lines());
        Files.write(Path.of("target/spi-api.txt"), actual);
        assertThat(actual).containsExactlyElementsOf(Files.readAllLines(Path.of("spi-api.txt")));
    }

    @Test
    void theSpiStaysSmall() {
        assertThat(SpiSignatures.types()).hasSizeLessThanOrEqualTo(25);
    }
}
