// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit;

/**
 * The number of rounds of a race, a property or a soak. Each build runs a few; {@code mvn -Pdeep verify} runs many, and
 * only the tests that are annotated with {@link DeepTest} or {@link DeepTries}.
 */
public final class Rounds {

    private static final boolean IS_DEEP = "deep".equals(System.getProperty("gatehouse.test.rounds"));

    private Rounds() {}

    /**
     * Returns the number of rounds to run in this build.
     *
     * @param few enough for each outcome of a race to occur
     * @param many for the deep suite
     */
    public static int of(int few, int many) {
        return isDeep() ? many : few;
    }

    /** Returns whether this build runs the deep suite. */
    public static boolean isDeep() {
        return IS_DEEP;
    }
}
