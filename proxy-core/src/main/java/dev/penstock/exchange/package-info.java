// SPDX-License-Identifier: Apache-2.0
/** The conductor's room: walks a request through the other rooms, owns what it acquired, and records its one outcome. */
@NullMarked
package dev.penstock.exchange;

import org.jspecify.annotations.NullMarked;
