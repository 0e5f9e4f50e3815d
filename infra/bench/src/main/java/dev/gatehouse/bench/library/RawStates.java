// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.library;

import dev.gatehouse.bench.BaselineScript;
import dev.gatehouse.bench.Contestant.Role;
import io.lettuce.core.ScriptOutputType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;

/** The baselines of the states, and the save script of another store. */
final class RawStates {

    private static final String NONE = "0";
    private static final String LEASE_MICROS = "30000000";
    private static final String LIFE_MICROS = "86400000000";

    private static final List<String> MEMBERS = StateCalls.VALUE.members().entrySet().stream()
            .<String>mapMulti((member, texts) -> {
                texts.accept(member.getKey());
                texts.accept(member.getValue());
            })
            .toList();

    /** The number of fields and values: those of the members and the record. */
    private static final int FIELDS = MEMBERS.size() + 2;

    private final RawScripts scripts;
    private final AtomicLong works = new AtomicLong();

    RawStates(RawScripts scripts) {
        this.scripts = scripts;
    }

    Operation read() {
        return new Operation("raw EVALSHA of equal work", Role.BASELINE, subject -> {
            var key = key("read", subject);
            var fields = list(scripts.eval(BaselineScript.STATE_READ, ScriptOutputType.MULTI, List.of(key)));
            if (fields.isEmpty()) {
                // Refused if another thread has just created it.
                send(key, NONE, NONE);
            } else {
                RawScripts.require(fields.size() == FIELDS, fields);
            }
        });
    }

    Operation save() {
        var versions = new ConcurrentHashMap<String, String>();
        return new Operation(
                "raw EVALSHA of equal work",
                Role.BASELINE,
                subject ->
                        versions.put(subject, save(key("save", subject), versions.getOrDefault(subject, NONE), NONE)));
    }

    Operation claimAndRelease() {
        return new Operation("raw EVALSHA of equal work, claim and release", Role.BASELINE, subject -> {
            var key = key("claim", subject);
            var claimed = list(scripts.eval(
                    BaselineScript.STATE_CLAIM, ScriptOutputType.MULTI, List.of(key), nextWork(), LEASE_MICROS));
            RawScripts.require(claimed.size() == 2, claimed);
            var fence = claimed.getFirst().toString();
            if (list(claimed.getLast()).size() < FIELDS) {
                save(key, NONE, fence);
            }
            var released = scripts.eval(BaselineScript.STATE_RELEASE, ScriptOutputType.INTEGER, List.of(key), fence);
            RawScripts.require(released.equals(1L), released);
        });
    }

    /**
     * Saves by the script of Dapr's Redis state store, in the way of that store: by EVAL, and with an ETag in the mode
     * "first-write". The state has no expiry; that would be another command.
     *
     * @param script the text of the script
     */
    Operation saveByDapr(String script) {
        var versions = new ConcurrentHashMap<String, String>();
        return new Operation("Dapr script, EVAL", Role.PEER, subject -> {
            var version = scripts.evalText(
                    script, "bench||" + subject, versions.getOrDefault(subject, NONE), StateCalls.JSON, "0");
            versions.put(subject, version.toString());
        });
    }

    private String save(String key, String expected, String fence) throws ExecutionException, InterruptedException {
        var version = send(key, expected, fence);
        RawScripts.require(!version.equals(0L), version);
        return version.toString();
    }

    private Object send(String key, String expected, String fence) throws ExecutionException, InterruptedException {
        var arguments = new ArrayList<>(List.of(expected, fence, nextWork(), LIFE_MICROS));
        arguments.addAll(MEMBERS);
        return scripts.eval(
                BaselineScript.STATE_SAVE, ScriptOutputType.INTEGER, List.of(key), arguments.toArray(String[]::new));
    }

    private String nextWork() {
        return Long.toString(works.incrementAndGet());
    }

    private static String key(String operation, String subject) {
        return "state-" + operation + ":{" + subject + "}";
    }

    private static List<?> list(Object reply) {
        return reply instanceof List<?> list ? list : Collections.emptyList();
    }
}
