package dev.gatehouse.ratelimit.http;

import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.Settlement;
import dev.gatehouse.ratelimit.http.AskedLimit.Named;
import dev.gatehouse.web.JsonBody;
import dev.gatehouse.web.Reading;
import dev.gatehouse.web.Reading.Faulty;
import dev.gatehouse.web.Reading.Read;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A settlement as a body gives it. */
record AskedSettlement(AskedLimit limit, String subject, long reserved, long actual) implements Asked<Settlement> {

    private static final Limit ANY = Limit.unlimited("any");

    /** @throws dev.gatehouse.ratelimit.InvalidLimit if there can be no such subject or units */
    AskedSettlement {
        var _ = new Settlement(ANY, subject, reserved, actual);
    }

    static Reading<AskedSettlement> read(byte @Nullable [] body) {
        return JsonBody.read(body, AskedSettlement::readFrom);
    }

    private static @Nullable AskedSettlement readFrom(JsonBody fields) {
        var limit = AskedLimit.readFrom(fields);
        var subject = fields.text("subject");
        var reserved = fields.whole("reserved");
        var actual = fields.whole("actual");
        return limit == null
                ? null
                : new Bounded(fields).make(() -> new AskedSettlement(limit, subject, reserved, actual));
    }

    @Override
    public boolean namesPolicy() {
        return limit instanceof Named;
    }

    @Override
    public Reading<Settlement> in(KnownLimits known) {
        var found = limit.in(known, subject);
        return found == null
                ? new Faulty<>(List.of(Asked.unknownPolicy("")))
                : new Read<>(new Settlement(found, subject, reserved, actual));
    }
}
