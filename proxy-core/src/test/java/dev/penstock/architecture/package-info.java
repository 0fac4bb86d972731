// SPDX-License-Identifier: Apache-2.0
/** The plan of the house, held against the house. */
@NullMarked
package dev.penstock.architecture;

import org.jspecify.annotations.NullMarked;
