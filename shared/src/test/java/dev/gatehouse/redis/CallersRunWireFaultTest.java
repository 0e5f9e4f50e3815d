package dev.gatehouse.redis;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** What a bad wire does where callers run the loop. */
class CallersRunWireFaultTest extends WireFaultTest {

    @BeforeAll
    static void callersRun() {
        LinkProbe.callersRun = true;
    }

    @AfterAll
    static void threadsRun() {
        LinkProbe.callersRun = false;
    }
}
