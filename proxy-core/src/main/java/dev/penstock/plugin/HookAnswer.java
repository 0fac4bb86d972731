// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import dev.penstock.spi.RequestDecision;

/** What the request filters have decided. Immutable. */
public sealed interface HookAnswer {
    /** The request goes on, as the filters have made it. */
    record Proceed(PluginRequest request) implements HookAnswer {}

    /** A filter refuses it: an error in the client's dialect. */
    record Reject(String plugin, RequestDecision.Reject refusal) implements HookAnswer {}

    /** A filter answers it. */
    record Answer(String plugin, RequestDecision.Answer answer) implements HookAnswer {}

    /** A filter failed, and fails closed: 500, without a word about why. */
    record Failed(PluginFailure failure) implements HookAnswer {}
}
