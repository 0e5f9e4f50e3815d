package dev.gatehouse.redis;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says once of each kind of error that a well Redis refused something: a foreign value under our key, a script's fault. */
final class Refusals {

    private static final Logger LOG = LoggerFactory.getLogger(RedisLink.class);

    /** Errors' first words are few; this guards against a server that invents them. */
    private static final int MOST = 32;

    private final Set<String> seen = ConcurrentHashMap.newKeySet();

    void note(String code) {
        if (seen.size() < MOST && seen.add(code)) {
            LOG.warn("Redis refused a command with {}; said once for each kind of error", code);
        }
    }
}
