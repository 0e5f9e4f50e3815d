package dev.gatehouse.redis;

import org.junit.jupiter.api.extension.ExtendWith;

/** What a bad wire does where callers run the loop. */
@ExtendWith(CallersRun.class)
class CallersRunWireFaultTest extends WireFaultTest {}
