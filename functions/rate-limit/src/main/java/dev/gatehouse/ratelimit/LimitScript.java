// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import dev.gatehouse.ratelimit.algorithm.RateAlgorithm.Kind;
import dev.gatehouse.redis.Script;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** A script over limits, assembled with the fragments of only the kinds that a call needs. Most checks need one. */
final class LimitScript {

    static final LimitScript CHECK = new LimitScript("check");
    static final LimitScript ADJUST = new LimitScript("adjust");
    static final LimitScript HOLD = new LimitScript("check", "hold");
    static final LimitScript SETTLE = new LimitScript("settle");

    private final String file;
    private final List<String> before;

    /** The scripts by the set of kinds, one bit each. */
    private final AtomicReferenceArray<Script> scripts = new AtomicReferenceArray<>(1 << Kind.values().length);

    private LimitScript(String file, String... before) {
        this.file = file;
        this.before = List.of(before);
    }

    Script of(List<LimitCharge> charges) {
        int kinds = 0;
        for (var charge : charges) {
            kinds |= charge.algorithm().kind().bit();
        }
        var script = scripts.get(kinds);
        if (script == null) {
            script = assembled(kinds);
            scripts.set(kinds, script);
        }
        return script;
    }

    private Script assembled(int kinds) {
        var parts = new ArrayList<String>();
        if (this == CHECK && kinds == Kind.GCRA.bit()) {
            parts.add("gcra-single");
        }
        parts.add("limits");
        for (var kind : Kind.values()) {
            if ((kinds & kind.bit()) != 0) {
                parts.add(kind.fragment());
            }
        }
        parts.addAll(before);
        return Script.beside(LimitScript.class, file, parts.toArray(String[]::new))
                .replyingPacked();
    }
}
