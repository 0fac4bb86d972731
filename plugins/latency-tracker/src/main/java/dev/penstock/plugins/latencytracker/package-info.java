// SPDX-License-Identifier: Apache-2.0
/** An observer that measures how smoothly models answer, and notices when one gets slower. */
@NullMarked
package dev.penstock.plugins.latencytracker;

import org.jspecify.annotations.NullMarked;
