// SPDX-License-Identifier: Apache-2.0

/**
 * The room that routes: one immutable table, first match wins, from path, model and headers to a route and the clusters to try
 * in order. It names clusters and does not know them.
 */
@NullMarked
package dev.penstock.routing;

import org.jspecify.annotations.NullMarked;
