/** Measures cold starts and invocations of the packaged functions and their peers by AWS's runtime client. */
@NullMarked
package dev.gatehouse.bench.startup;

import org.jspecify.annotations.NullMarked;
