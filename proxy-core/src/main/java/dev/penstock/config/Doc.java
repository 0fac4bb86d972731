// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a key means, and what it is when nobody writes it: the one source of the binder's defaults, the JSON Schema, and the reference page.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.TYPE})
@interface Doc {
    /** One or two plain sentences for the person who writes the file. */
    String value();

    /** The default, written as a user would write it; the empty string means there is none. */
    String standard() default "";

    /** Where the value comes from when nobody writes it and it is taken from elsewhere in the file; for readers. */
    String derived() default "";

    /** A value worth copying; the empty string means that the default is example enough. */
    String example() default "";

    /** Smallest number; for durations and sizes only zero or not zero matters. */
    long min() default 1;

    long max() default Integer.MAX_VALUE;

    /** Another key that takes one element where this list takes many, such as {@code cluster} for {@code clusters}. */
    String singular() default "";

    /** A list that must have at least one element. */
    boolean filled() default false;
}
