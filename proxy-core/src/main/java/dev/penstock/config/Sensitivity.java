// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

/** Whether a secret may stand somewhere in a place, so that a mistake there must not be echoed. Immutable. */
final class Sensitivity {
    private Sensitivity() {}

    static boolean of(Shape shape) {
        return switch (shape) {
            case Shape.One one -> one.type().secret();
            case Shape.OrOff off -> off.value() instanceof Shape.One && of(off.value());
            case Shape.Section section ->
                section.fields().stream()
                        .anyMatch(field -> !(field.shape() instanceof Shape.Section) && of(field.shape()));
            case Shape.OneOf choice -> choice.cases().stream().anyMatch(one -> of(one.section()));
            case Shape.Many many -> false;
            case Shape.Keyed keyed -> false;
            case Shape.Raw raw -> true;
        };
    }
}
