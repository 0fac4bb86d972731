// SPDX-License-Identifier: Apache-2.0

/** The composition root: puts the rooms together, in order up and in order down. */
@NullMarked
package dev.penstock.launch;

import org.jspecify.annotations.NullMarked;
