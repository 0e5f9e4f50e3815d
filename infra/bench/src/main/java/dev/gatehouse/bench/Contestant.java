package dev.gatehouse.bench;

/** One way to do the work that a comparison measures. */
public interface Contestant {

    /** The part that a contestant plays in a comparison. */
    enum Role {
        /** Does the equal work with as little as possible; the others are compared with it. */
        BASELINE,
        /** Gatehouse. */
        OURS,
        PEER
    }

    /** Returns the name shown in tables and charts, without characters that JSON or XML would escape. */
    String name();

    Role role();
}
