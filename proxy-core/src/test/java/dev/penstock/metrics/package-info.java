// SPDX-License-Identifier: Apache-2.0
/** What the metrics promise: names, bounds, zeroes and text. */
@NullMarked
package dev.penstock.metrics;

import org.jspecify.annotations.NullMarked;
