package dev.gatehouse.ratelimit;

import dev.gatehouse.ratelimit.Gcra.Micros;
import dev.gatehouse.ratelimit.LimitCharge.Outcome;
import dev.gatehouse.redis.Script;
import dev.gatehouse.redis.ScriptCall;
import java.util.ArrayList;
import java.util.List;

/** Charges that one script decides in one step: what is said to {@code gcra.lua} and {@code refund.lua}, and the reply. */
record SlotCharges(List<LimitCharge> charges, Mode mode) {

    private static final Script GCRA = Script.beside(SlotCharges.class, "gcra");
    private static final Script REFUND = Script.beside(SlotCharges.class, "refund");

    ScriptCall call() {
        var keys = new ArrayList<String>(charges.size());
        var args = new ArrayList<String>(1 + 6 * charges.size());
        args.add(mode == Mode.ALL ? "all" : "each");
        for (var charge : charges) {
            keys.add(charge.key());
            addShape(args, charge.gcra().shape());
            addTime(args, charge.gcra().shape().tolerance());
            addTime(args, charge.increment());
        }
        return ScriptCall.of(GCRA, keys, args);
    }

    /** Reads the reply to {@link #call()}. */
    List<Outcome> outcomes(List<Object> reply) {
        long now = (Long) reply.getFirst();
        boolean allAllowed = true;
        for (int i = 0; i < charges.size(); i++) {
            allAllowed &= isAllowed(reply, i);
        }
        var outcomes = new ArrayList<Outcome>(charges.size());
        for (int i = 0; i < charges.size(); i++) {
            var tat = new Micros((Long) reply.get(3 * i + 2), (Long) reply.get(3 * i + 3));
            boolean allowed = isAllowed(reply, i);
            boolean charged = allowed && (allAllowed || mode == Mode.EACH);
            outcomes.add(new Outcome(charges.get(i), allowed, charged, tat, now));
        }
        return outcomes;
    }

    private static boolean isAllowed(List<Object> reply, int index) {
        return switch ((String) reply.get(3 * index + 1)) {
            case "allowed" -> true;
            case "denied" -> false;
            case String other -> throw new IllegalStateException("gcra.lua said " + other);
        };
    }

    static CheckDecision decision(List<Outcome> outcomes) {
        boolean allAllowed = true;
        var decisions = new ArrayList<LimitDecision>(outcomes.size());
        for (var outcome : outcomes) {
            allAllowed &= outcome.allowed();
            decisions.add(outcome.decision());
        }
        return new CheckDecision(allAllowed, decisions);
    }

    /** Takes back what was charged; all of it in one slot. */
    static ScriptCall refund(List<Outcome> charged) {
        var args = new ArrayList<String>(6 * charged.size());
        for (var outcome : charged) {
            addShape(args, outcome.charge().gcra().shape());
            addTime(args, outcome.charge().increment());
            addTime(args, outcome.tat());
        }
        return ScriptCall.of(REFUND, charged.stream().map(o -> o.charge().key()).toList(), args);
    }

    private static void addShape(List<String> args, Gcra.Shape shape) {
        var limit = Long.toString(shape.limit());
        args.add(limit + " " + shape.tolerance().whole() + " "
                + shape.tolerance().part());
        args.add(limit);
    }

    private static void addTime(List<String> args, Micros time) {
        args.add(Long.toString(time.whole()));
        args.add(Long.toString(time.part()));
    }
}
