// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.lambda;

import dev.gatehouse.testkit.Rounds;

/** The ways to deploy a package. AWS's runtime client runs it either way. */
public enum Deployment {
    /** The runtime client loads the package with a class loader of its own. */
    ZIP {
        @Override
        public FunctionSetup of(FunctionSetup function) {
            return function;
        }
    },
    /** The package and the runtime client are on one class path. */
    IMAGE {
        @Override
        public FunctionSetup of(FunctionSetup function) {
            return function.onOneClassPath();
        }
    };

    /** Returns the deployment that tests use: the zip in a normal build, the image in the deep suite. */
    public static Deployment underTest() {
        return Rounds.isDeep() ? IMAGE : ZIP;
    }

    /** Describes {@code function} as deployed so. */
    public abstract FunctionSetup of(FunctionSetup function);
}
