package dev.gatehouse.ratelimit;

import dev.gatehouse.ratelimit.Meter.Kind;
import dev.gatehouse.redis.Script;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** A script over limits of any kind, with the fragments of those at hand: most checks need one. */
final class LimitScript {

    static final LimitScript CHECK = new LimitScript("check");
    static final LimitScript ADJUST = new LimitScript("adjust");

    private final String file;

    /** By the set of kinds, a bit each. */
    private final AtomicReferenceArray<Script> scripts = new AtomicReferenceArray<>(1 << Kind.values().length);

    private LimitScript(String file) {
        this.file = file;
    }

    Script of(List<LimitCharge> charges) {
        int kinds = 0;
        for (var charge : charges) {
            kinds |= charge.meter().kind().bit;
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
        if (this == CHECK && kinds == Kind.GCRA.bit) {
            parts.add("gcra-single");
        }
        parts.add("limits");
        for (var kind : Kind.values()) {
            if ((kinds & kind.bit) != 0) {
                parts.add(kind.fragment);
            }
        }
        return Script.beside(LimitScript.class, file, parts.toArray(String[]::new))
                .replyingPacked();
    }
}
