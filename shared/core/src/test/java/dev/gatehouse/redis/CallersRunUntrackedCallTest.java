package dev.gatehouse.redis;

import org.junit.jupiter.api.extension.ExtendWith;

/** What is asked aside where callers run the loop. */
@ExtendWith(CallersRun.class)
class CallersRunUntrackedCallTest extends UntrackedCallTest {}
