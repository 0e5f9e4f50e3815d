package dev.gatehouse.session;

/** Whether a lookup counts as use of the session. */
public enum Touch {
    /**
     * It is, and puts the idle deadline off. It is written at most once a minute or, where that is shorter, at most once
     * in a thirtieth of the idle time: so a session may end that much before it has been idle for all its time.
     */
    TOUCH,
    /** It is not, and writes nothing. */
    LOOK
}
