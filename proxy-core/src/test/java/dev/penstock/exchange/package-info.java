// SPDX-License-Identifier: Apache-2.0
/** Tests of the conductor: whole exchanges between scripted clients and scripted upstreams, in this process. */
@NullMarked
package dev.penstock.exchange;

import org.jspecify.annotations.NullMarked;
