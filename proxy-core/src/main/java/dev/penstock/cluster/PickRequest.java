// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** What a pick goes by: the key to hash where the cluster hashes, and instances that were tried already. Immutable. */
public record PickRequest(Optional<String> hashKey, Set<InstanceId> excluded) {

    public PickRequest {
        excluded = Set.copyOf(excluded);
    }

    /** Any instance will do. */
    public static PickRequest any() {
        return new PickRequest(Optional.empty(), Set.of());
    }

    public static PickRequest hashing(String key) {
        return new PickRequest(Optional.of(key), Set.of());
    }

    /** The same, without an instance that was tried. */
    public PickRequest without(InstanceId instance) {
        Set<InstanceId> more = new HashSet<>(excluded);
        more.add(instance);
        return new PickRequest(hashKey, more);
    }
}
