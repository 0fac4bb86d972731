// SPDX-License-Identifier: Apache-2.0
/** Shows that the kit does what it says, with two small plugins. */
@NullMarked
package dev.penstock.testkit;

import org.jspecify.annotations.NullMarked;
