// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testing;

import java.io.IOException;

/** One thing a scripted upstream does. */
@FunctionalInterface
public interface Step {
    void play(Conversation conversation) throws IOException, InterruptedException;
}
