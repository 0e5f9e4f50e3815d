package dev.gatehouse.redis;

import org.junit.jupiter.api.extension.ExtendWith;

/** How a link is closed where callers run the loop. */
@ExtendWith(CallersRun.class)
class CallersRunClosingTest extends ClosingTest {}
