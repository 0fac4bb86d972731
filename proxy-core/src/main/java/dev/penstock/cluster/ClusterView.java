// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import java.util.List;

/** A cluster as an operator sees it. Immutable. */
public record ClusterView(String name, String balancer, List<InstanceView> instances) {

    public ClusterView {
        instances = List.copyOf(instances);
    }
}
