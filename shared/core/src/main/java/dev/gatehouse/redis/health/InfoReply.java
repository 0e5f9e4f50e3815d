package dev.gatehouse.redis.health;

import java.util.HashMap;
import java.util.Map;

/** The fields of an {@code INFO} reply, of all sections. */
public record InfoReply(Map<String, String> fields) {

    static InfoReply parse(String text) {
        var fields = new HashMap<String, String>();
        text.lines().forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0 && line.charAt(0) != '#') {
                fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
        });
        return new InfoReply(Map.copyOf(fields));
    }

    Reported<String> text(String field) {
        var value = fields.get(field);
        return value == null ? Reported.withheld("INFO does not report it here") : Reported.of(value);
    }

    Reported<Long> number(String field) {
        return text(field).flatMap(value -> {
            try {
                return Reported.of(Long.parseLong(value));
            } catch (NumberFormatException e) {
                return Reported.withheld("INFO does not report a whole number here");
            }
        });
    }
}
