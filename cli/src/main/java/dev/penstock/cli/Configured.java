// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

/** A command that takes a configuration. */
interface Configured {

    ConfigInput input();
}
