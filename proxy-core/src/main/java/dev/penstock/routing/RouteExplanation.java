// SPDX-License-Identifier: Apache-2.0
package dev.penstock.routing;

import java.util.List;
import java.util.Optional;

/** What each rule says to a request, in order, and which of them it gets. Immutable. */
public record RouteExplanation(List<Rule> rules, Optional<Route> route) {

    public RouteExplanation {
        rules = List.copyOf(rules);
    }

    /** One rule: whether it matches, and in words for an operator why, or why not. Immutable. */
    public record Rule(String route, boolean matches, String why) {}
}
