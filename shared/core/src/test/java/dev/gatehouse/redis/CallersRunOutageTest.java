package dev.gatehouse.redis;

import org.junit.jupiter.api.extension.ExtendWith;

/** What outages do where callers run the loop. */
@ExtendWith(CallersRun.class)
class CallersRunOutageTest extends OutageTest {}
