// SPDX-License-Identifier: Apache-2.0
/**
 * The laboratory: a model server that follows a script and a client that sends anything, both on plain sockets, with the
 * parsers, scrapers and patience that black-box tests need. Nothing here knows the code under test.
 */
@NullMarked
package dev.penstock.testing;

import org.jspecify.annotations.NullMarked;
