// SPDX-License-Identifier: Apache-2.0

package dev.penstock.spi;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks what may still change within a major version of the SPI.
 *
 * <p>Everything else only grows within a major version: new default methods, new static factories, new constants of the
 * enums that a plugin reads. A plugin that uses an experimental element should be rebuilt for every minor version.
 *
 * <pre>{@code
 * @Experimental
 * default EventDecision onHoldLimit() ...
 * }</pre>
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD, ElementType.FIELD})
public @interface Experimental {}
