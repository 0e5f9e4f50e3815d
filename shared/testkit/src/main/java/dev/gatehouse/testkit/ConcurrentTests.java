// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Runs the tests of a class concurrently. For tests that mostly wait for processes of their own. A test that measures
 * belongs in an isolated class. Tests must not have resource locks, with which JUnit may deadlock here.
 */
@Execution(ExecutionMode.CONCURRENT)
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface ConcurrentTests {}
