package dev.gatehouse.local.metrics;

/** A metric with its series. */
sealed interface Family permits Counter, Gauge, Histogram {

    /** Writes the series there are. */
    void writeTo(Exposition text);
}
