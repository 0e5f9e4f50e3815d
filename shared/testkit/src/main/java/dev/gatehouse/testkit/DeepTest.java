// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/** Marks a test, or all tests of a class, for the deep suite: it takes its number of rounds from {@link Rounds}. */
@Tag("deep")
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface DeepTest {}
