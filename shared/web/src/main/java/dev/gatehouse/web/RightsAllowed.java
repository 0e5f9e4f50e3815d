// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares the rights of an API key that allow a route, each by itself: those of the class, and more on the method. A key with
 * a list of rights cannot call a route without declared rights.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface RightsAllowed {

    /** Returns the rights, each one of {@link Caller#RIGHTS}. */
    String[] value();
}
