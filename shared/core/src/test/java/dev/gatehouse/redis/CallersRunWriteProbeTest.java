package dev.gatehouse.redis;

import org.junit.jupiter.api.extension.ExtendWith;

/** What a Redis that does not write does where callers run the loop. */
@ExtendWith(CallersRun.class)
class CallersRunWriteProbeTest extends WriteProbeTest {}
