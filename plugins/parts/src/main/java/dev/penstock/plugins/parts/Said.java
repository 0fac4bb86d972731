// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.parts;

/**
 * Words of an answer.
 *
 * <p>Immutable.
 *
 * @param channel where they belong: parts of one channel are one text
 * @param whole whether this is a text of its own, such as a repetition of what came in parts
 */
public record Said(String channel, String text, boolean whole) {}
