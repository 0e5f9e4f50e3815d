package dev.gatehouse.redis;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** How a link is closed where callers run the loop. */
class CallersRunClosingTest extends ClosingTest {

    @BeforeAll
    static void callersRun() {
        LinkProbe.callersRun = true;
    }

    @AfterAll
    static void threadsRun() {
        LinkProbe.callersRun = false;
    }
}
