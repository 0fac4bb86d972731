// SPDX-License-Identifier: Apache-2.0
package dev.penstock.dialect;

import java.util.OptionalLong;

/**
 * Token counts as the upstream reported them; what it did not report is absent. {@code input} means what the provider means
 * by it: OpenAI's includes tokens read from a cache, Anthropic's does not.
 *
 * <p>Immutable.
 */
public record Usage(
        OptionalLong input,
        OptionalLong output,
        OptionalLong cacheRead,
        OptionalLong cacheWrite,
        OptionalLong reasoning) {
    /** Nothing was reported. */
    public static final Usage NONE = new Usage(
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty());

    /** Whether anything was reported. */
    public boolean isPresent() {
        return !equals(NONE);
    }
}
