// SPDX-License-Identifier: Apache-2.0

/**
 * The room that admits: the caps on concurrent streams, the permits they hand out, and the bounded, fair queue in which a
 * request waits for them. Every figure is derived from the semaphores, so no early exit can make one drift.
 */
@NullMarked
package dev.penstock.admission;

import org.jspecify.annotations.NullMarked;
