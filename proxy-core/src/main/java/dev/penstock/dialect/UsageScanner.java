// SPDX-License-Identifier: Apache-2.0
package dev.penstock.dialect;

import java.util.Optional;

/**
 * Finds usage and model in an answer that is one JSON document, while it passes by in pieces of any size. It needs the
 * same small memory for every answer, and an answer that is not JSON simply has no usage.
 *
 * <p>Confined to the stream thread.
 */
public final class UsageScanner {
    private final AnswerTally tally = new AnswerTally();
    private final JsonSkimmer skimmer = new JsonSkimmer(tally);

    UsageScanner() {}

    /** Looks at the next bytes of the body. They are not kept. */
    public void feed(byte[] buf, int off, int len) {
        skimmer.feed(buf, off, len);
    }

    /** What was found so far. */
    public Usage usage() {
        return tally.usage();
    }

    /** The model that the upstream says it used. */
    public Optional<String> servedModel() {
        return tally.model();
    }
}
