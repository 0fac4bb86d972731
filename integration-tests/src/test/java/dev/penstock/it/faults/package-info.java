// SPDX-License-Identifier: Apache-2.0
/** Plugins that misbehave on demand, and one that watches; the battery packs them into JARs. */
@NullMarked
package dev.penstock.it.faults;

import org.jspecify.annotations.NullMarked;
