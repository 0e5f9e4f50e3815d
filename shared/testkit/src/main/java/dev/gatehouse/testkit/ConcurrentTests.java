package dev.gatehouse.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.ResourceLockTarget;

/**
 * Runs the tests of a class concurrently, except those that are {@link ExclusiveTest}. For tests that mostly wait for
 * processes of their own.
 */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(value = ExclusiveTest.MACHINE, mode = ResourceAccessMode.READ, target = ResourceLockTarget.CHILDREN)
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface ConcurrentTests {}
