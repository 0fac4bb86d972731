// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

/** A value for a record's constructor, and what the effective configuration says about it. Immutable. */
record Bound(Object value, Effective effective) {}
