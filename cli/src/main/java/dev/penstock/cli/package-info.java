// SPDX-License-Identifier: Apache-2.0

/**
 * The command line: the only room that knows arguments, exit codes, signals, standard output and the process. Everything it does
 * is a call into the core's composition root, the configuration, or the mock.
 */
@NullMarked
package dev.penstock.cli;

import org.jspecify.annotations.NullMarked;
