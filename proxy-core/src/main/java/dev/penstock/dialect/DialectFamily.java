// SPDX-License-Identifier: Apache-2.0
package dev.penstock.dialect;

/**
 * Whose conventions a dialect follows for errors, model lists and credentials.
 *
 * <p>Immutable.
 */
public enum DialectFamily {
    /** OpenAI's and of the many servers that imitate it. */
    OPENAI,
    /** Anthropic's. */
    ANTHROPIC,
    /** Unknown; our own errors then look like OpenAI's, which most clients can read. */
    PASSTHROUGH
}
