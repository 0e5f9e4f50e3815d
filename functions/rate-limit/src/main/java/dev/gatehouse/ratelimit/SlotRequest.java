// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit;

import dev.gatehouse.codec.MessagePackWriter;
import dev.gatehouse.ratelimit.LimitCharge.Outcome;
import dev.gatehouse.ratelimit.LimitScriptRunner.LimitCall;
import dev.gatehouse.ratelimit.algorithm.ChargeTerms;
import dev.gatehouse.ratelimit.algorithm.LimitRecord;
import dev.gatehouse.redis.HashTag;
import dev.gatehouse.redis.Script;
import dev.gatehouse.redis.ScriptCall;
import dev.gatehouse.redis.ScriptReply;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An operation on the limits of one slot, which one script runs atomically. Builds the script's call and reads its reply.
 */
record SlotRequest(
        Operation operation,
        List<LimitCharge> charges,
        @Nullable HoldTerms hold) implements LimitCall {

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
        UNDO(false, "undo"),
        /** Settles the hold of one limit; the units are the actual ones. */
        SETTLE(false, "settle"),
        /** Undoes the hold of one limit. */
        UNDO_HOLD(false, "undo");

        private final boolean isCheck;
        private final String word;

        Operation(boolean isCheck, String word) {
            this.isCheck = isCheck;
            this.word = word;
        }
    }

    /**
     * The hold of an operation.
     *
     * @param tag the {@link HashTag} of its id
     * @param micros its length; 0 unless it begins
     * @param returns whether it returns its units if it ends unsettled
     */
    record HoldTerms(String tag, long micros, boolean returns) {

        static @Nullable HoldTerms of(Check.@Nullable Hold hold) {
            return hold == null ? null : new HoldTerms(HashTag.of(hold.id()), hold.millis() * 1000, hold.returns());
        }

        private String key(LimitCharge charge) {
            return charge.key() + ":hold:" + tag;
        }
    }

    SlotRequest(Operation operation, List<LimitCharge> charges) {
        this(operation, charges, null);
    }

    /** Returns the requests that undo the charges and the holds of {@code outcomes}. */
    List<SlotRequest> undoingAll(List<Outcome> outcomes) {
        var undone = undoing(outcomes);
        return hold == null
                ? undone.bySlot()
                : undone.charges.stream()
                        .map(charge -> new SlotRequest(Operation.UNDO_HOLD, List.of(charge.correcting(0)), hold))
                        .toList();
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
                .map(inSlot -> new SlotRequest(operation, inSlot, hold))
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
        if (isHoldOperation()) {
            return LimitScript.SETTLE.of(charges);
        }
        var ofCheck = hold == null ? LimitScript.CHECK : LimitScript.HOLD;
        return (operation.isCheck ? ofCheck : LimitScript.ADJUST).of(charges);
    }

    private boolean isHoldOperation() {
        return operation == Operation.SETTLE || operation == Operation.UNDO_HOLD;
    }

    @Override
    public ScriptCall at(long micros) {
        var call = ScriptCall.of(script());
        for (var charge : charges) {
            call.key(charge.key()).bytes(argument(charge, micros));
        }
        boolean isDefault = hold == null && charges.size() == 1 && operation != Operation.CHECK_NONE;
        if (operation.isCheck && !isDefault) {
            call.text(operation.word);
        }
        if (hold != null) {
            charges.forEach(charge -> call.key(hold.key(charge)));
        }
        if (hold != null && operation.isCheck) {
            var terms = new MessagePackWriter().add(hold.tag).add(hold.micros).add(hold.returns ? 1 : 0);
            charges.forEach(charge -> terms.add(charge.terms().units()));
            call.bytes(terms.bytes());
        }
        return call;
    }

    private byte[] argument(LimitCharge charge, long micros) {
        var algorithm = charge.algorithm();
        if (hold != null && isHoldOperation()) {
            var packed = new MessagePackWriter()
                    .add(algorithm.kind().word())
                    .add(operation.word)
                    .add(hold.tag)
                    .add(charge.terms().units());
            algorithm.writeTo(packed, ChargeTerms.correcting(0), micros);
            return packed.bytes();
        }
        return operation.isCheck
                ? algorithm.checkArgument(charge.terms(), micros)
                : algorithm.adjustArgument(operation.word, charge.terms().units(), charge.charged(), micros);
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
        boolean holds = hold != null && operation.isCheck;
        for (int i = 0; i < charges.size(); i++) {
            var charge = charges.get(i);
            var state = charge.algorithm().read(reply, 2 + NUMBERS * i);
            boolean allowed = isAllowed(reply, i);
            var record = new LimitRecord(state, blockedUntil(reply, i));
            long holdsUntil = operation.isCheck ? Math.max(0, -reply.number(1 + NUMBERS * i)) : 0;
            // The reply of a hold goes on with its end and the time of its numbers.
            int ofHold = 1 + NUMBERS * charges.size() + 2 * i;
            long now = reply.number(holds ? ofHold + 1 : 0);
            long heldUntil = holds ? reply.number(ofHold) : 0;
            long heldFor = hold == null || heldUntil == 0 ? 0 : reply.number(0) - heldUntil + hold.micros;
            outcomes.add(new Outcome(charge, allowed, allowed && charged, record, now, holdsUntil, heldUntil, heldFor));
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
