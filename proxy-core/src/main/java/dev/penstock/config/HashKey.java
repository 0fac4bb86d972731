// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

/** What consistent hashing hashes. Immutable. */
public sealed interface HashKey {
    /** The value of a request header. */
    @Variant(value = "header", inline = true)
    record Header(
            @Doc(value = "Name of the request header.", example = "x-user")
            HeaderName name) implements HashKey {}

    /** The consumer that the request is counted against. */
    @Variant("consumer")
    record Consumer() implements HashKey {}

    /** The first characters of the prompt, for instances with a prefix cache. */
    @Variant(value = "prompt_prefix", inline = true)
    record PromptPrefix(
            @Doc(value = "Number of characters.", example = "256")
            int length) implements HashKey {}
}
