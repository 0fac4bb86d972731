// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import dev.penstock.config.ClusterConfig;

/** Asks an instance whether it is well; implemented by whoever owns connections. */
public interface Probe {

    /**
     * Sends one probe as the cluster's {@code health.active} says, with the member's own credentials, within its timeout.
     * Called on a virtual thread of its own; an interrupt asks it to give up. What goes wrong is an answer, not an exception.
     */
    ProbeResult probe(ClusterConfig cluster, Member member);
}
