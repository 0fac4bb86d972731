// SPDX-License-Identifier: Apache-2.0

/** What a Penstock plugin compiles against: filters, observers, and what they read and return. */
package dev.penstock.spi;
