// SPDX-License-Identifier: Apache-2.0
package dev.penstock.dialect;

/**
 * The members of an answer, or of an event of it, that somebody wants to know.
 *
 * <p>Immutable.
 */
enum AnswerField {
    NONE,
    TYPE,
    MODEL,
    ID,
    CREATED,
    INDEX,
    ERROR,
    CHOICES,
    INPUT,
    OUTPUT,
    CACHE_READ,
    CACHE_WRITE,
    REASONING
}
