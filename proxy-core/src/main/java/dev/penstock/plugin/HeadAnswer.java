// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import dev.penstock.spi.RequestDecision;

/** What the filters have decided about the head of an answer. Immutable. */
public sealed interface HeadAnswer {
    /** This head goes to the client. */
    record Proceed(AnswerHead head) implements HeadAnswer {}

    /** A filter refuses it: an error in the client's dialect; the upstream is aborted. */
    record Reject(String plugin, RequestDecision.Reject refusal) implements HeadAnswer {}

    /** A filter failed, and fails closed: 502, without a word about why; the upstream is aborted. */
    record Failed(PluginFailure failure) implements HeadAnswer {}
}
