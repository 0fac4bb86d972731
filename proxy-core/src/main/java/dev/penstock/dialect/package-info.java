// SPDX-License-Identifier: Apache-2.0
/**
 * The dialects that clients and model servers speak: what a request asks for, which event ends a stream, where tokens are
 * counted, and what an error looks like. The room works on bytes it is given, imports nothing of ours, and decides
 * nothing; whoever asks it does.
 */
@NullMarked
package dev.penstock.dialect;

import org.jspecify.annotations.NullMarked;
