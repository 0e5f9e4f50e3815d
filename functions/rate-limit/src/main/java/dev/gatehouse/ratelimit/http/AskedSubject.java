package dev.gatehouse.ratelimit.http;

import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.http.AskedLimit.Named;
import dev.gatehouse.web.JsonBody;
import dev.gatehouse.web.Reading;
import dev.gatehouse.web.Reading.Faulty;
import dev.gatehouse.web.Reading.Read;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A limit, whom it counts, and what to charge, as a body gives them. */
record AskedSubject(AskedLimit limit, String subject, long cost) implements Asked<LimitedSubject> {

    private static final Limit ANY = Limit.unlimited("any");

    /** @throws dev.gatehouse.ratelimit.InvalidLimit if there can be no such subject or cost */
    AskedSubject {
        var _ = new LimitedSubject(ANY, subject, cost);
    }

    /** Reads a limit of a check. */
    static @Nullable AskedSubject readFrom(JsonBody fields) {
        var limit = AskedLimit.readFrom(fields);
        var subject = fields.text("subject");
        var cost = fields.whole("cost", 1);
        return limit == null ? null : new Bounded(fields).make(() -> new AskedSubject(limit, subject, cost));
    }

    /** Reads what is to be reset: of a limit that is given whole, its name is enough. */
    static Reading<AskedSubject> readReset(byte @Nullable [] body) {
        return JsonBody.read(body, fields -> {
            var limit = AskedLimit.readNameFrom(fields);
            var subject = fields.text("subject");
            return limit == null ? null : new Bounded(fields).make(() -> new AskedSubject(limit, subject, 0));
        });
    }

    @Override
    public boolean namesPolicy() {
        return limit instanceof Named;
    }

    @Override
    public Reading<LimitedSubject> in(KnownLimits known) {
        var found = find(known);
        return found == null ? new Faulty<>(List.of(Asked.unknownPolicy(""))) : new Read<>(found);
    }

    /** With the limit that is meant; null if it names a policy that there is not. */
    @Nullable
    LimitedSubject find(KnownLimits known) {
        var found = limit.in(known, subject);
        return found == null ? null : new LimitedSubject(found, subject, cost);
    }
}
