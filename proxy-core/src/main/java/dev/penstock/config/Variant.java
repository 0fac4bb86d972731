// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * How one case of a sealed configuration type is written: as the word alone where every component has a default, and as a mapping with
 * the word as its only key.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@interface Variant {
    /** The word in the file. */
    String value();

    /** Whether the mapping's value is the record's only component itself, rather than a mapping of components. */
    boolean inline() default false;
}
