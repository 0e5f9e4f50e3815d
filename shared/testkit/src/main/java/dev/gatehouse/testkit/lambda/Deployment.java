package dev.gatehouse.testkit.lambda;

/** The ways to deploy a package, each with a runtime client of its own. */
public enum Deployment {
    /** By that of AWS. */
    ZIP {
        @Override
        public FunctionSetup of(FunctionSetup function) {
            return function;
        }
    },
    /** By that in the package. */
    IMAGE {
        @Override
        public FunctionSetup of(FunctionSetup function) {
            return function.asItsImage();
        }
    };

    /** Describes {@code function} as deployed so. */
    public abstract FunctionSetup of(FunctionSetup function);
}
