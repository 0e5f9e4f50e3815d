package dev.gatehouse.redis;

/** The state of the circuit breaker. The text is {@code closed}, {@code open} or {@code half-open}. */
public enum CircuitState {
    CLOSED("closed"),
    OPEN("open"),
    HALF_OPEN("half-open");

    private final String text;

    CircuitState(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
