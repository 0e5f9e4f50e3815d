package dev.gatehouse.ratelimit;

/** How the limits of one check belong together. */
public enum Mode {
    /** Either every limit has room and all are charged, or none is. */
    ALL,
    /** Every limit is decided and charged alone. */
    EACH
}
