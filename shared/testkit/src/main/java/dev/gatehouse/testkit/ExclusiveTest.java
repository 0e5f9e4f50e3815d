package dev.gatehouse.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Of tests that run {@link ConcurrentTests} the one that does not: it measures, and has the machine to itself. */
@ResourceLock(ExclusiveTest.MACHINE)
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface ExclusiveTest {

    String MACHINE = "the machine";
}
