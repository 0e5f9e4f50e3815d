// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/** Marks a test for the deep suite only: a normal build has a shorter one of the same promise. */
@DeepTest
@Tag("deep-only")
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface DeepOnlyTest {}
