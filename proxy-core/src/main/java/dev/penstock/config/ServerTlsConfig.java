// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.nio.file.Path;

/** PEM files of the listener for clients. Immutable. */
public record ServerTlsConfig(
        @Doc(value = "PEM file with the certificate chain; relative to this file.", example = "tls/server.crt")
        Path certificate,

        @Doc(value = "PEM file with the private key; relative to this file.", example = "tls/server.key")
        Path key) {}
