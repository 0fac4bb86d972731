// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

/**
 * Where finished requests are told, one entry each. A port: the process decides what a line looks like and where it goes.
 * An implementation never blocks and never throws; an entry it cannot keep up with is dropped and counted.
 */
@FunctionalInterface
public interface AccessLog {
    void write(AccessEntry entry);
}
