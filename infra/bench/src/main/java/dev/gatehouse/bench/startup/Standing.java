package dev.gatehouse.bench.startup;

import java.util.Optional;

/**
 * All that was measured of one contestant.
 *
 * @param cache empty where it has none
 * @param calls empty where none were asked for
 * @param compiledCalls those with both compilers; empty where none were asked for, and of who is no floor and none of ours
 */
record Standing(
        Contestant contestant,
        Optional<AotCache> cache,
        ColdStarts starts,
        Optional<WarmCalls> calls,
        Optional<WarmCalls> compiledCalls) {}
