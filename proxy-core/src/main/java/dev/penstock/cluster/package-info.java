// SPDX-License-Identifier: Apache-2.0

/**
 * The room that picks: clusters of instances, how one is chosen and its slot taken in one step, what is known of each
 * instance's health, and the budget for trying again. A pick reads health and load as they are now; what is known belongs to
 * the instance and survives a reload that keeps it.
 */
@NullMarked
package dev.penstock.cluster;

import org.jspecify.annotations.NullMarked;
