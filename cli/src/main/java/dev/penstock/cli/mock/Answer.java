// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli.mock;

/** What an endpoint says to a request, before faults. Immutable. */
sealed interface Answer permits Answer.Document, Answer.Generation, Answer.Computed {

    /** A page of the server itself, given at once and never faulted: health, models, refusals. */
    record Document(int status, String json) implements Answer {}

    /** A model's text, streamed or whole. */
    record Generation(Script script, boolean stream) implements Answer {}

    /** A model's result that is never streamed: embeddings, token counts. */
    record Computed(String json, ErrorStyle errors) implements Answer {}
}
