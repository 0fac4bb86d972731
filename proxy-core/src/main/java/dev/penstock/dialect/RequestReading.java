// SPDX-License-Identifier: Apache-2.0
package dev.penstock.dialect;

/**
 * What came of reading a request's body.
 */
public sealed interface RequestReading permits RequestFacts, BadRequest {}
