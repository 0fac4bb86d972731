// SPDX-License-Identifier: Apache-2.0
/** What the guard's room promises: order, budgets, faults, and what a bad JAR is told. */
@NullMarked
package dev.penstock.plugin;

import org.jspecify.annotations.NullMarked;
