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
 * The tests of this class run at the same time, as many as the module's {@code junit-platform.properties} say: each waits
 * for processes of its own. One that is {@link ExclusiveTest} does not.
 */
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(value = ExclusiveTest.MACHINE, mode = ResourceAccessMode.READ, target = ResourceLockTarget.CHILDREN)
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface ConcurrentTests {}
