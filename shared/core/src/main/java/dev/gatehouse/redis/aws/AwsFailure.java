package dev.gatehouse.redis.aws;

/** AWS did not give what was asked of it. The message says why in a few words, for the operator, and holds no secret. */
public final class AwsFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final boolean passing;

    AwsFailure(String message, boolean passing) {
        super(message, null, false, false);
        this.passing = passing;
    }

    /** Whether trying again may help, as it does not where access is denied. */
    public boolean isPassing() {
        return passing;
    }
}
