// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

/** Our credentials at an instance. Immutable. */
public sealed interface AuthConfig {
    /** No credentials at all. */
    @Variant("none")
    record None() implements AuthConfig {}

    /** {@code Authorization: Bearer ...}. */
    @Variant(value = "bearer", inline = true)
    record Bearer(
            @Doc(value = "The key.", example = "${OPENAI_API_KEY}")
            Secret token) implements AuthConfig {}

    /** A header of any name, such as {@code x-api-key}. */
    @Variant("header")
    record Header(
            @Doc(value = "Name of the header.", example = "x-api-key")
            HeaderName name,

            @Doc(value = "Its value.", example = "${ANTHROPIC_API_KEY}")
            Secret value)
            implements AuthConfig {}

    /** A query parameter. */
    @Variant("query")
    record Query(
            @Doc(value = "Name of the parameter.", example = "key")
            String name,

            @Doc(value = "Its value.", example = "${GEMINI_API_KEY}")
            Secret value)
            implements AuthConfig {}
}
