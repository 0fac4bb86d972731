// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

/** A call into a plugin came to nothing; says whose and how. Never leaves this room. Immutable. */
final class PluginException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient PluginFailure failure;

    PluginException(PluginFailure failure) {
        super(
                failure.plugin() + " " + failure.phase() + " " + failure.kind(),
                failure.cause().orElse(null),
                false,
                false);
        this.failure = failure;
    }

    PluginFailure failure() {
        return failure;
    }
}
