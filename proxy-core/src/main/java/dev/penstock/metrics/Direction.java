// SPDX-License-Identifier: Apache-2.0
package dev.penstock.metrics;

/** Which way body bytes went, seen from the client: {@code IN} are its request bodies, {@code OUT} our answers. Immutable. */
public enum Direction {
    IN("in"),
    OUT("out");

    private final String label;

    Direction(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }
}
