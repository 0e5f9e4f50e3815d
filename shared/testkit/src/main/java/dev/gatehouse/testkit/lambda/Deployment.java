package dev.gatehouse.testkit.lambda;

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

    /** Describes {@code function} as deployed so. */
    public abstract FunctionSetup of(FunctionSetup function);
}
