package dev.gatehouse.redis;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** What a Redis that does not write does where callers run the loop. */
class CallersRunWriteDoubtTest extends WriteDoubtTest {

    @BeforeAll
    static void callersRun() {
        LinkProbe.callersRun = true;
    }

    @AfterAll
    static void threadsRun() {
        LinkProbe.callersRun = false;
    }
}
