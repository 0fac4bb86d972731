// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

/** A member that may be chosen now, and the share of its weight that it gets while it recovers. Immutable. */
record Candidate(Member member, double ramp) {

    Instance instance() {
        return member.instance();
    }

    double weight() {
        return member.weight() * ramp;
    }

    int inFlight() {
        return member.instance().inFlight();
    }
}
