package dev.gatehouse.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Marks a test of a {@link ConcurrentTests} class that runs alone, because it measures. */
@ResourceLock(ExclusiveTest.MACHINE)
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface ExclusiveTest {

    String MACHINE = "the machine";
}
