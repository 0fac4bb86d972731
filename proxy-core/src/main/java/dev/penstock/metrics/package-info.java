// SPDX-License-Identifier: Apache-2.0
/**
 * A fixture of the house: every number the proxy shows to the outside. The only package that knows Prometheus, so that
 * its successor can replace it here and nowhere else; it imports nothing of ours and anybody may import it.
 */
@NullMarked
package dev.penstock.metrics;

import org.jspecify.annotations.NullMarked;
