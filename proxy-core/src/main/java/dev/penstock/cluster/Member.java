// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import dev.penstock.config.InstanceConfig;

/** An instance as one generation of the configuration sees it: its weight, credentials and model name there. Immutable. */
public record Member(Instance instance, InstanceConfig config) {

    public InstanceId id() {
        return instance.id();
    }

    int weight() {
        return config.weight();
    }

    int priority() {
        return config.priority();
    }
}
