// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

/** The API a cluster's instances speak. Immutable. */
public enum ClusterDialect {
    OPENAI,
    ANTHROPIC,
    PASSTHROUGH
}
