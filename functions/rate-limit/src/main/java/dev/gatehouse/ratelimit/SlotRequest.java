package dev.gatehouse.ratelimit;

import dev.gatehouse.ratelimit.LimitCharge.Outcome;
import dev.gatehouse.ratelimit.LimitScriptRunner.LimitCall;
import dev.gatehouse.ratelimit.algorithm.LimitRecord;
import dev.gatehouse.redis.Script;
import dev.gatehouse.redis.ScriptCall;
import dev.gatehouse.redis.ScriptReply;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An operation on the limits of one slot, which one script runs atomically. Builds the script's call and reads its reply.
 */
record SlotRequest(Operation operation, List<LimitCharge> charges) implements LimitCall {

    /** The numbers of a check's reply for each charge. */
    private static final int NUMBERS = 4;

    /** An operation, with its word in the scripts. */
    enum Operation {
        /** Charges the limits if all have room. */
        CHECK_ALL(true, "all"),
        /** Charges the limits with room. */
        CHECK_EACH(true, "each"),
        /** Charges nothing. */
        CHECK_NONE(true, "none"),
        /** Charges the units, as a debt if they do not fit. */
        CHARGE(false, "charge"),
        /** Refunds at most the units in use. */
        REFUND(false, "refund"),
        /** Undoes a recent charge. */
        UNDO(false, "undo");

        private final boolean isCheck;
        private final String word;

        Operation(boolean isCheck, String word) {
            this.isCheck = isCheck;
            this.word = word;
        }
    }

    /** Returns the request that undoes the charges of {@code outcomes}. */
    static SlotRequest undoing(List<Outcome> outcomes) {
        return new SlotRequest(
                Operation.UNDO,
                outcomes.stream()
                        .filter(Outcome::hasCharged)
                        .map(Outcome::chargeToUndo)
                        .toList());
    }

    /** Returns a request for each slot that the keys lie in. */
    List<SlotRequest> bySlot() {
        var byTag = charges.stream()
                .collect(Collectors.groupingBy(LimitCharge::tag, LinkedHashMap::new, Collectors.toList()));
        return byTag.values().stream()
                .map(inSlot -> new SlotRequest(operation, inSlot))
                .toList();
    }

    /** Returns whether the keys lie in more than one slot, so that only a Redis that is not clustered can decide. */
    boolean spansSlots() {
        var first = charges.getFirst().tag();
        return charges.size() > 1
                && charges.stream().anyMatch(charge -> !charge.tag().equals(first));
    }

    /** Returns whether a charge needs the bounds of calendar windows. */
    boolean goesByCalendar() {
        return charges.stream().anyMatch(charge -> charge.algorithm().goesByCalendar());
    }

    Script script() {
        return (operation.isCheck ? LimitScript.CHECK : LimitScript.ADJUST).of(charges);
    }

    @Override
    public ScriptCall at(long micros) {
        var call = ScriptCall.of(script());
        for (var charge : charges) {
            var algorithm = charge.algorithm();
            call.key(charge.key())
                    .bytes(
                            operation.isCheck
                                    ? algorithm.checkArgument(charge.terms(), micros)
                                    : algorithm.adjustArgument(
                                            operation.word, charge.terms().units(), charge.charged(), micros));
        }
        boolean isDefault = charges.size() == 1 && operation != Operation.CHECK_NONE;
        return operation.isCheck && !isDefault ? call.text(operation.word) : call;
    }

    /** Reads the script's reply. */
    List<Outcome> outcomes(ScriptReply reply) {
        boolean charged = operation == Operation.CHECK_EACH || operation == Operation.CHECK_ALL;
        for (int i = 0; i < charges.size(); i++) {
            charged &= operation == Operation.CHECK_EACH
                    || isAllowed(reply, i)
                    || charges.get(i).terms().shadow();
        }
        var outcomes = new ArrayList<Outcome>(charges.size());
        for (int i = 0; i < charges.size(); i++) {
            var charge = charges.get(i);
            boolean allowed = isAllowed(reply, i);
            var state = charge.algorithm().read(reply, 2 + NUMBERS * i);
            var record = new LimitRecord(state, blockedUntil(reply, i));
            outcomes.add(new Outcome(charge, allowed, allowed && charged, record, reply.number(0)));
        }
        return outcomes;
    }

    /** Returns whether a charge is allowed. A read is, even for a subject that is locked out. */
    private boolean isAllowed(ScriptReply reply, int charge) {
        return !operation.isCheck
                || reply.number(1 + NUMBERS * charge) == 1
                || charges.get(charge).terms().units() == 0;
    }

    private long blockedUntil(ScriptReply reply, int charge) {
        long allowed = operation.isCheck ? reply.number(1 + NUMBERS * charge) : 1;
        return allowed > 1 ? allowed : 0;
    }
}
