// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web.log;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.web.Caller;
import dev.gatehouse.web.CommonHeadersFilter;
import io.micronaut.http.HttpRequest;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs each change that callers make to stored settings, and each revocation: one line {@code audit} with the members
 * {@code action}, {@code by} (the {@link Caller}), {@code what}, and the ids of the request. The level is {@code INFO}.
 */
public final class AuditLog {

    /** Logs a revocation even if there was nothing to revoke, because the reply to an earlier attempt may have been lost. */
    public static final Predicate<Object> ANY = _ -> true;

    private static final Logger LOG = LoggerFactory.getLogger("dev.gatehouse.audit");

    private AuditLog() {}

    /**
     * Logs a change by its decision, unless nothing was changed. Without a decision the change may have been made: the line
     * then has the member {@code outcome} with the value {@code unknown}.
     *
     * @param action the object and the verb, such as {@code policy.put}
     * @param what identifies the changed object; never a user id, subject, key or token, but the hash tag of one
     * @param isChanged returns whether a decided outcome is a change
     * @return {@code decision}
     */
    public static <T> Decision<T> record(
            HttpRequest<?> request, String action, String what, Decision<T> decision, Predicate<? super T> isChanged) {
        switch (decision) {
            case Decided<T>(var outcome, var _) -> {
                if (isChanged.test(outcome)) {
                    log(request, action, what, true);
                }
            }
            case Unavailable<T> _ -> log(request, action, what, false);
        }
        return decision;
    }

    private static void log(HttpRequest<?> request, String action, String what, boolean isDecided) {
        var line = LOG.atInfo().addKeyValue("action", action).addKeyValue("by", caller(request));
        line = line.addKeyValue("what", what);
        if (!isDecided) {
            line = line.addKeyValue("outcome", "unknown");
        }
        CommonHeadersFilter.traceOf(request).addTo(line).log("audit");
    }

    private static String caller(HttpRequest<?> request) {
        var caller = Caller.of(request);
        return caller == null ? "unknown" : caller.toString();
    }
}
