// SPDX-License-Identifier: Apache-2.0
package dev.penstock.dialect;

import java.util.Optional;

/**
 * What a dialect demands of a request's body.
 *
 * <p>Immutable.
 *
 * @param modelRequired a body without a model, or one that is not JSON, is refused; otherwise only ambiguity is
 * @param array the member that must be an array
 * @param usageOption whether {@code stream_options.include_usage} exists
 */
record RequestRules(boolean modelRequired, Optional<String> array, boolean usageOption) {
    static final RequestRules LENIENT = new RequestRules(false, Optional.empty(), false);
    static final RequestRules MODEL = new RequestRules(true, Optional.empty(), false);
    static final RequestRules COMPLETIONS = new RequestRules(true, Optional.empty(), true);
    static final RequestRules CHAT = new RequestRules(true, Optional.of("messages"), true);
    static final RequestRules MESSAGES = new RequestRules(true, Optional.of("messages"), false);
}
