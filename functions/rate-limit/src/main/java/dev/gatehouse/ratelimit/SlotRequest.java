package dev.gatehouse.ratelimit;

import dev.gatehouse.codec.MessagePackWriter;
import dev.gatehouse.ratelimit.LimitCharge.Outcome;
import dev.gatehouse.ratelimit.algorithm.LimitState;
import dev.gatehouse.redis.Script;
import dev.gatehouse.redis.ScriptCall;
import dev.gatehouse.redis.ScriptReply;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The charges of one slot, which one script decides atomically. Builds its arguments and reads its reply. */
record SlotRequest(List<LimitCharge> charges) {

    /** The numbers of a reply for each charge. */
    private static final int NUMBERS = 4;

    /** The charges that a check applies to the limits with room. */
    enum Charging {
        ALL_OR_NONE("all"),
        EACH("each"),
        NONE("none");

        private final String word;

        Charging(String word) {
            this.word = word;
        }
    }

    /** The corrections of recorded use. */
    enum Correction {
        /** Charges the units, as a debt if they do not fit. */
        CHARGE("charge"),
        /** Gives back at most the units in use. */
        REFUND("refund"),
        /** Takes back a recent charge. */
        TAKE_BACK("back");

        private final String word;

        Correction(String word) {
            this.word = word;
        }
    }

    /** Returns the requests of the slots that the keys of {@code charges} lie in. */
    static List<SlotRequest> bySlot(List<LimitCharge> charges) {
        var byTag = charges.stream()
                .collect(Collectors.groupingBy(LimitCharge::tag, LinkedHashMap::new, Collectors.toList()));
        return byTag.values().stream().map(SlotRequest::new).toList();
    }

    /** Returns whether the keys lie in more than one slot, so that only a Redis that is not clustered can decide. */
    boolean spansSlots() {
        var first = charges.getFirst().tag();
        for (var charge : charges) {
            if (!charge.tag().equals(first)) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether a charge needs the bounds of calendar windows. */
    boolean goesByCalendar() {
        for (var charge : charges) {
            if (charge.algorithm().goesByCalendar()) {
                return true;
            }
        }
        return false;
    }

    /** Returns the call that checks the charges at about {@code now}. */
    ScriptCall check(Charging charging, long now) {
        var call = ScriptCall.of(checkScript());
        for (var charge : charges) {
            call.key(charge.key()).bytes(charge.algorithm().checkArgument(charge.units(), charge.shadow(), now));
        }
        return charges.size() > 1 || charging == Charging.NONE ? call.text(charging.word) : call;
    }

    /** Returns the script of {@link #check}. */
    Script checkScript() {
        return LimitScript.CHECK.of(charges);
    }

    /** Reads the reply to {@link #check}. */
    List<Outcome> outcomes(Charging charging, ScriptReply reply) {
        long now = reply.number(0);
        boolean charged = charging != Charging.NONE;
        int at = 1;
        for (var charge : charges) {
            charged &= reply.flag(at) || charge.shadow() || charging == Charging.EACH;
            at += NUMBERS;
        }
        var outcomes = new ArrayList<Outcome>(charges.size());
        at = 1;
        for (var charge : charges) {
            boolean allowed = reply.flag(at);
            var state = charge.algorithm().read(reply, at + 1);
            outcomes.add(new Outcome(charge, allowed, allowed && charged, state, now));
            at += NUMBERS;
        }
        return outcomes;
    }

    /** Returns the call that corrects the recorded use at about {@code now}. */
    ScriptCall correct(Correction correction, long now) {
        var call = ScriptCall.of(LimitScript.ADJUST.of(charges));
        for (var charge : charges) {
            call.key(charge.key()).bytes(correction(correction, charge, null, now));
        }
        return call;
    }

    /** Returns the call that takes back {@code charged}, all in one slot. */
    static ScriptCall takeBack(List<Outcome> charged, long now) {
        var call = ScriptCall.of(
                LimitScript.ADJUST.of(charged.stream().map(Outcome::charge).toList()));
        for (var outcome : charged) {
            var charge = outcome.charge();
            call.key(charge.key()).bytes(correction(Correction.TAKE_BACK, charge, outcome.state(), now));
        }
        return call;
    }

    private static byte[] correction(
            Correction correction, LimitCharge charge, @Nullable LimitState charged, long now) {
        var packed =
                new MessagePackWriter().add(charge.algorithm().kind().word()).add(correction.word);
        if (charged == null) {
            packed.add(0).add(0).add(0);
        } else {
            charged.writeTo(packed);
        }
        charge.algorithm().writeTo(packed, charge.units(), now);
        return packed.bytes();
    }

    /** Reads the reply to {@link #correct}: the state of each limit. */
    List<Outcome> corrected(ScriptReply reply) {
        var outcomes = new ArrayList<Outcome>(charges.size());
        int at = 1;
        for (var charge : charges) {
            var state = charge.algorithm().read(reply, at + 1);
            outcomes.add(new Outcome(charge, true, false, state, reply.number(0)));
            at += NUMBERS;
        }
        return outcomes;
    }
}
