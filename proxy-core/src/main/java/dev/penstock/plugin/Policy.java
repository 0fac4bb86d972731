// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

/** When a stream may go on without a plugin that failed. Immutable. */
final class Policy {
    private Policy() {}

    /** Failing open is for a plugin's failure; a cancelled stream, or one that was taken from a stuck plugin, is over. */
    static boolean mayGoOn(PluginException e) {
        return switch (e.failure().kind()) {
            case THREW, OVERRAN, GARBAGE, OVERFLOW -> true;
            case STUCK, CANCELLED -> false;
        };
    }
}
