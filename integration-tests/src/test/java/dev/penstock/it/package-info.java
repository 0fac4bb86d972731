// SPDX-License-Identifier: Apache-2.0
/**
 * The battery: black-box tests of the packaged launcher in the lab configuration, one class per group of the reliability contract,
 * each test followed by the quiescence check. Nothing here knows a class of the product.
 */
@NullMarked
package dev.penstock.it;

import org.jspecify.annotations.NullMarked;
