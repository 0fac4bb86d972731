// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testing;

/** Chooses the script for a request. */
@FunctionalInterface
public interface Playbook {
    Script choose(RecordedRequest request);

    /** Asked with the head alone (body empty): false leaves the body on the wire, unread. */
    default boolean readsBody(RecordedRequest request) {
        return true;
    }

    /** Does not read the body before it plays. */
    static Playbook withoutBody(Script script) {
        return new Playbook() {
            @Override
            public Script choose(RecordedRequest request) {
                return script;
            }

            @Override
            public boolean readsBody(RecordedRequest request) {
                return false;
            }
        };
    }
}
