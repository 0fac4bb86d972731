// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.parts;

import java.util.List;

/**
 * What a request says to a model.
 *
 * <p>Immutable.
 *
 * @param turns in order
 * @param tokenIds whether something is said in numbers that only the model's tokenizer can read
 */
public record Prompt(List<Turn> turns, boolean tokenIds) {
    public Prompt {
        turns = List.copyOf(turns);
    }

    /** In whose name something is said. */
    public enum Role {
        SYSTEM,
        USER,
        ASSISTANT,
        TOOL,
        OTHER;

        static Role named(String name, Role otherwise) {
            return switch (name) {
                case "system", "developer" -> SYSTEM;
                case "user" -> USER;
                case "assistant" -> ASSISTANT;
                case "tool", "function" -> TOOL;
                default -> otherwise;
            };
        }
    }

    /** One message, with its pieces of text. */
    public record Turn(Role role, List<String> pieces) {
        public Turn {
            pieces = List.copyOf(pieces);
        }

        /** The texts that a model may see: some servers join the pieces as they are, others with line breaks. */
        public List<String> readings() {
            return pieces.size() < 2 ? pieces : List.of(String.join("", pieces), String.join("\n", pieces));
        }
    }
}
