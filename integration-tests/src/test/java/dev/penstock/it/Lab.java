// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives tests a {@link Laboratory}: the packaged proxy in the lab configuration with these variables. Tests of a class with equal
 * variables share one; an annotation at a method replaces the one at its class.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(LabExtension.class)
@interface Lab {
    /** Lines such as {@code LAB_IDLE=5s}. */
    String[] value() default {};

    /** What is in the plugin directory, and which of it is in the chain. */
    Class<? extends LabPlugins> plugins() default LabPlugins.None.class;

    /** False where the variables leave no way for a fresh stream to complete after the test. */
    boolean freshStream() default true;
}
