// SPDX-License-Identifier: Apache-2.0
package dev.penstock.routing;

import java.util.List;

/** Where a request goes. Immutable. */
public sealed interface RouteAnswer {

    /** The first rule that matches, and the clusters to try in this order, of which there is usually at least one. */
    record Matched(Route route, List<String> clusters) implements RouteAnswer {

        public Matched {
            clusters = List.copyOf(clusters);
        }
    }

    /** The first rule that matches leads only to clusters that do not speak the path's API. */
    record OtherApi() implements RouteAnswer {}

    /** There are routes for the path with these headers, and none of them takes this model. */
    record UnknownModel() implements RouteAnswer {}

    /** There are routes for the path, and none of them takes these headers, whatever the model. */
    record UnknownHeaders() implements RouteAnswer {}

    /** No route has this path. */
    record UnknownPath() implements RouteAnswer {}
}
