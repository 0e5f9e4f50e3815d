package dev.gatehouse.session;

/** Whether a lookup counts as use of the session. */
public enum Touch {
    /**
     * It does, and moves the idle deadline. It is written at most once a minute or once per thirtieth of the idle
     * timeout, whichever is shorter: a session may end by that much earlier.
     */
    TOUCH,
    /** It does not, and writes nothing. */
    LOOK
}
