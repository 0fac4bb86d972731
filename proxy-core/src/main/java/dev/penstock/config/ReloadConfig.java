// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

/** When the configuration is read again. Immutable. */
public record ReloadConfig(
        @Doc(
                value = "Reload when this file, or a file that it names, has other content; SIGHUP and POST /reload"
                        + " work either way.",
                standard = "true")
        boolean watch) {

    public static ReloadConfig defaults() {
        return Defaults.of(ReloadConfig.class);
    }
}
