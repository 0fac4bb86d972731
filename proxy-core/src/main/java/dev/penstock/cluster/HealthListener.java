// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

/** Is told of every transition, by the thread that caused it and outside all locks; must not block. */
public interface HealthListener {

    void onTransition(HealthTransition transition);

    /** Tells nobody. */
    static HealthListener silent() {
        return transition -> {};
    }
}
