// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import java.util.function.IntConsumer;

/** The requests of the operating system to stop, and to read the configuration again. */
interface Signals {

    /** The signal that a terminal sends for Ctrl-C. */
    int INTERRUPT = 2;

    /** The signal that a service manager sends. */
    int TERMINATE = 15;

    /** From now on such a signal does not end the process but calls the handler with its number, on a thread of its own. */
    void onStop(IntConsumer handler);

    /** From now on the signal to read the configuration again (SIGHUP) is this, and no longer the end of the process. */
    void onReload(Runnable handler);
}
