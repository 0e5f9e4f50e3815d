package dev.gatehouse.redis;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** What is asked aside where callers run the loop. */
class CallersRunAsideTest extends AsideTest {

    @BeforeAll
    static void callersRun() {
        LinkProbe.callersRun = true;
    }

    @AfterAll
    static void threadsRun() {
        LinkProbe.callersRun = false;
    }
}
