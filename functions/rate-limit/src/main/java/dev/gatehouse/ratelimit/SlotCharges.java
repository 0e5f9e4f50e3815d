package dev.gatehouse.ratelimit;

import dev.gatehouse.codec.MessagePackWriter;
import dev.gatehouse.ratelimit.LimitCharge.Outcome;
import dev.gatehouse.ratelimit.Meter.Use;
import dev.gatehouse.redis.Script;
import dev.gatehouse.redis.ScriptCall;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The charges of one slot, which one script decides atomically. Builds its arguments and reads its reply. */
record SlotCharges(List<LimitCharge> charges) {

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

    private static final Use NOTHING = new Use(0, 0, 0);

    /** Returns the call that checks the charges at about {@code now}. */
    ScriptCall check(Charging charging, long now) {
        var args = new ArrayList<byte[]>(charges.size() + 1);
        for (var charge : charges) {
            args.add(charge.meter().checkArgument(charge.units(), charge.shadow(), now));
        }
        if (charges.size() > 1 || charging == Charging.NONE) {
            args.add(charging.word.getBytes(StandardCharsets.US_ASCII));
        }
        return new ScriptCall(checkScript(), keys(), args);
    }

    /** Returns the script of {@link #check}. */
    Script checkScript() {
        return LimitScript.CHECK.of(charges);
    }

    /** Reads the reply to {@link #check}. */
    List<Outcome> outcomes(Charging charging, List<Object> reply) {
        if (charges.size() == 1) {
            var charge = charges.getFirst();
            boolean admitted = isAllowed(reply.get(1));
            boolean charged = admitted && charging != Charging.NONE;
            return List.of(new Outcome(charge, admitted, charged, use(charge, reply, 2), (Long) reply.getFirst()));
        }
        var allowed = new boolean[charges.size()];
        var uses = new Use[charges.size()];
        boolean charges = charging != Charging.NONE;
        int at = 1;
        for (int i = 0; i < allowed.length; i++) {
            var charge = charges().get(i);
            allowed[i] = isAllowed(reply.get(at));
            uses[i] = use(charge, reply, at + 1);
            at += 1 + charge.meter().kind().numbers;
            charges &= allowed[i] || charge.shadow() || charging == Charging.EACH;
        }
        var outcomes = new ArrayList<Outcome>(allowed.length);
        for (int i = 0; i < allowed.length; i++) {
            outcomes.add(
                    new Outcome(charges().get(i), allowed[i], allowed[i] && charges, uses[i], (Long) reply.getFirst()));
        }
        return outcomes;
    }

    /** Returns the call that corrects the recorded use at about {@code now}. */
    ScriptCall correct(Correction correction, long now) {
        var args = new ArrayList<byte[]>(charges.size());
        for (var charge : charges) {
            args.add(correction(correction, charge, NOTHING, now));
        }
        return new ScriptCall(LimitScript.ADJUST.of(charges), keys(), args);
    }

    /** Returns the call that takes back {@code charged}, all in one slot. */
    static ScriptCall takeBack(List<Outcome> charged, long now) {
        var charges = new ArrayList<LimitCharge>(charged.size());
        var args = new ArrayList<byte[]>(charged.size());
        for (var outcome : charged) {
            charges.add(outcome.charge());
            args.add(correction(Correction.TAKE_BACK, outcome.charge(), outcome.use(), now));
        }
        return new ScriptCall(LimitScript.ADJUST.of(charges), new SlotCharges(charges).keys(), args);
    }

    private static byte[] correction(Correction correction, LimitCharge charge, Use charged, long now) {
        var packed = new MessagePackWriter().add(charge.meter().kind().word).add(correction.word);
        packed.add(charged.a()).add(charged.b()).add(charged.c());
        charge.meter().describe(packed, charge.units(), now);
        return packed.bytes();
    }

    /** Reads the reply to {@link #correct}: the state of each limit. */
    List<Outcome> corrected(List<Object> reply) {
        var outcomes = new ArrayList<Outcome>(charges.size());
        int at = 1;
        for (var charge : charges) {
            outcomes.add(new Outcome(charge, true, false, use(charge, reply, at + 1), (Long) reply.getFirst()));
            at += 1 + charge.meter().kind().numbers;
        }
        return outcomes;
    }

    /** Returns whether a charge needs the bounds of calendar windows. */
    boolean goByCalendar() {
        for (var charge : charges) {
            if (charge.meter().goesByCalendar()) {
                return true;
            }
        }
        return false;
    }

    private List<String> keys() {
        if (charges.size() == 1) {
            return List.of(charges.getFirst().key());
        }
        return charges.stream().map(LimitCharge::key).toList();
    }

    private static Use use(LimitCharge charge, List<Object> reply, int at) {
        long third = charge.meter().kind().numbers == 3 ? (Long) reply.get(at + 2) : 0;
        return new Use((Long) reply.get(at), (Long) reply.get(at + 1), third);
    }

    private static boolean isAllowed(Object word) {
        return (Long) word == 1;
    }
}
