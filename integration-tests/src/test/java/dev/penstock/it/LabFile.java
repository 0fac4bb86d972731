// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.Patience;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A copy of the lab configuration that a test edits while a proxy runs on it. It is not watched, so nothing but what the test does
 * reloads it. Confined to the test's thread.
 */
final class LabFile {
    private final Path path;
    private String text;

    private LabFile(Path path, String text) {
        this.path = path;
        this.text = text;
    }

    static LabFile in(Path folder) throws IOException {
        LabFile file = new LabFile(folder.resolve("lab.yaml"), Files.readString(Distribution.lab()));
        return file.replace("\nclusters:", "\nreload: {watch: false}\nclusters:");
    }

    Path path() {
        return path;
    }

    String text() {
        return text;
    }

    /** Replaces what must be there, everywhere, and writes the file. */
    LabFile replace(String old, String fresh) throws IOException {
        assertThat(text).contains(old);
        text = text.replace(old, fresh);
        Files.writeString(path, text);
        return this;
    }

    /** Gives the lab's instances fixed weights. */
    LabFile weights(int... weights) throws IOException {
        for (int n = 1; n <= weights.length; n++) {
            text = text.replaceFirst(
                    "(name: %s\\n\\s+url: .*\\n\\s+weight: ).*".formatted(NAMES[n - 1]), "$1" + weights[n - 1]);
        }
        Files.writeString(path, text);
        return this;
    }

    private static final String[] NAMES = {"one", "two", "three"};

    /** Chooses a balancer for every cluster. */
    LabFile balancer(String yaml) throws IOException {
        text = text.replaceFirst("balancer: &balancer .*", "balancer: &balancer " + yaml);
        Files.writeString(path, text);
        return this;
    }

    /** Sends SIGHUP and waits until the configuration as it is now is in force. */
    void reload(Laboratory lab) {
        double before = generation(lab);
        lab.proxy().process().signal("HUP");
        eventually(
                Patience.seconds(5),
                () -> assertThat(generation(lab))
                        .as(lab.proxy().process().lastOutput())
                        .isEqualTo(before + 1));
    }

    static double generation(Laboratory lab) {
        return lab.proxy().metrics().sum("penstock_config_generation");
    }
}
