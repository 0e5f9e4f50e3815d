package dev.gatehouse.redis;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs each kind of error from a healthy Redis once: a foreign value under our key, a bug in a script. */
final class ErrorLog {

    private static final Logger LOG = LoggerFactory.getLogger(RedisLink.class);

    /** Bounds the memory against a server that invents error codes. */
    private static final int MAX_CODES = 32;

    private final Set<String> logged = ConcurrentHashMap.newKeySet();

    void log(String code) {
        if (logged.size() < MAX_CODES && logged.add(code)) {
            LOG.warn("Redis rejected a command with {}; logged once for each kind of error", code);
        }
    }
}
