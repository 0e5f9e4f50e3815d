package dev.gatehouse.redis.health;

import java.util.HashMap;
import java.util.Map;

/** The fields of Redis's {@code INFO}, whatever section they stand in. */
record Info(Map<String, String> fields) {

    static Info parse(String text) {
        var fields = new HashMap<String, String>();
        text.lines().forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0 && line.charAt(0) != '#') {
                fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
        });
        return new Info(Map.copyOf(fields));
    }

    Told<String> text(String field) {
        var value = fields.get(field);
        return value == null ? Told.withheld("INFO does not tell it here") : Told.of(value);
    }

    Told<Long> number(String field) {
        return text(field).flatMap(value -> {
            try {
                return Told.of(Long.parseLong(value));
            } catch (NumberFormatException e) {
                return Told.withheld("INFO tells no whole number here");
            }
        });
    }
}
