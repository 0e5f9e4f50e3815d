package dev.gatehouse.functions.authorizer;

import java.util.ArrayList;
import java.util.List;

/**
 * A request's headers. Their names are matched without regard to case.
 *
 * @param single each name's last value, or all of them with commas between
 * @param multiple each name's values; empty where the event has no such member
 */
record Headers(Json single, Json multiple) {

    static Headers of(Json event) {
        return new Headers(event.object("headers"), event.object("multiValueHeaders"));
    }

    /** All values of that name. */
    List<String> values(String name) {
        var values = new ArrayList<String>();
        collect(multiple, name, values);
        if (values.isEmpty()) {
            collect(single, name, values);
        }
        return values;
    }

    private static void collect(Json from, String name, List<String> to) {
        for (var each : from.members().keySet()) {
            if (each.equalsIgnoreCase(name)) {
                to.addAll(from.texts(each));
            }
        }
    }
}
