package dev.gatehouse.ratelimit.http;

import dev.gatehouse.ratelimit.Check;
import dev.gatehouse.ratelimit.InvalidLimit;
import dev.gatehouse.ratelimit.LimitedSubject;
import dev.gatehouse.ratelimit.Mode;
import dev.gatehouse.web.JsonBody;
import dev.gatehouse.web.Reading;
import dev.gatehouse.web.Reading.Faulty;
import dev.gatehouse.web.Reading.Read;
import dev.gatehouse.web.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A check as a body gives it, or charges that are to be given back. */
record AskedCheck(List<AskedSubject> limits, Mode mode) implements Asked<Check> {

    private static final Map<String, Mode> MODES = Map.of("all", Mode.ALL, "each", Mode.EACH);

    static Reading<AskedCheck> read(byte @Nullable [] body) {
        return JsonBody.read(body, fields -> {
            var limits = fields.objects("limits", AskedSubject::readFrom);
            var mode = fields.word("mode", MODES, Mode.ALL);
            return fields.make(() -> new AskedCheck(limits, mode));
        });
    }

    @Override
    public boolean namesPolicy() {
        for (var limit : limits) {
            if (limit.namesPolicy()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public Reading<Check> in(KnownLimits known) {
        var found = new ArrayList<LimitedSubject>(limits.size());
        var violations = new ArrayList<Violation>();
        for (int i = 0; i < limits.size(); i++) {
            var limit = limits.get(i).find(known);
            if (limit == null) {
                violations.add(Asked.unknownPolicy("limits[" + i + "]."));
            } else {
                found.add(limit);
            }
        }
        return violations.isEmpty() ? checked(found) : new Faulty<>(violations);
    }

    private Reading<Check> checked(List<LimitedSubject> found) {
        try {
            return new Read<>(new Check(found, mode));
        } catch (InvalidLimit invalid) {
            return new Faulty<>(List.of(new Violation(invalid.field(), String.valueOf(invalid.getMessage()))));
        }
    }
}
