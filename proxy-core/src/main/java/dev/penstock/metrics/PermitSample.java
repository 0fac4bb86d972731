// SPDX-License-Identifier: Apache-2.0
package dev.penstock.metrics;

import static java.util.Objects.requireNonNull;

/**
 * What one limiter says about itself at this moment. A limiter without a limit gives no sample at all: then neither
 * {@code penstock_permits_limit} nor {@code penstock_permits_available} shows it, and whoever compares the two for every
 * scope never meets half a pair. Samples of one scope are added up, so that many routes, instances or consumers make one
 * line each; available may be negative while a limit was lowered below what is in use. Immutable.
 *
 * @param scope {@code worker}, {@code route}, {@code instance} or {@code consumer}
 */
public record PermitSample(String scope, long limit, long available) {
    public PermitSample {
        requireNonNull(scope, "scope");
    }
}
