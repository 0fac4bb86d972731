// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

/** Why a JAR cannot be a plugin; the message completes "plugins/x.jar: ...". Never leaves this room. Immutable. */
final class JarProblem extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    JarProblem(String reason) {
        super(reason, null, false, false);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
