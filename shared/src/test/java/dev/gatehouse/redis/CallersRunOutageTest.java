package dev.gatehouse.redis;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** What outages do where callers run the loop. */
class CallersRunOutageTest extends OutageTest {

    @BeforeAll
    static void callersRun() {
        LinkProbe.callersRun = true;
    }

    @AfterAll
    static void threadsRun() {
        LinkProbe.callersRun = false;
    }
}
