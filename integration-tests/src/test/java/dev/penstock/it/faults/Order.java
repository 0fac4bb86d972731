// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it.faults;

import java.util.Locale;
import java.util.Optional;

/**
 * What a client wants a chain entry to do on its stream, said in the model's name: who, where, what, such as
 * {@code closed.event.runtime}. Immutable.
 */
record Order(String where, String what) {

    /** The order in a model's name, if it is for the entry with this mark. */
    static Optional<Order> of(String mark, String model) {
        String[] words = model.split("\\.", -1);
        return words.length == 3 && words[0].equals(mark)
                ? Optional.of(new Order(words[1], words[2]))
                : Optional.empty();
    }

    /** The decision that is asked for here, or an empty text. */
    String decisionAt(String here) {
        return where.equals(here) ? what : "";
    }

    /** Does the deed that is asked for here, if one is. */
    void strike(String here) throws Exception {
        if (where.equals(here)) {
            for (Deed deed : Deed.values()) {
                if (deed.name().toLowerCase(Locale.ROOT).equals(what)) {
                    deed.commit();
                }
            }
        }
    }
}
