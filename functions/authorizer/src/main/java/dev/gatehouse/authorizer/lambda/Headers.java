package dev.gatehouse.authorizer.lambda;

import dev.gatehouse.lambda.EventJson;
import java.util.ArrayList;
import java.util.List;

/**
 * A request's headers. Their names are matched without regard to case.
 *
 * @param single each name's last value, or all of them with commas between
 * @param multiple each name's values; empty where the event has no such member
 */
record Headers(EventJson single, EventJson multiple) {

    static Headers of(EventJson event) {
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

    private static void collect(EventJson from, String name, List<String> to) {
        for (var each : from.members().keySet()) {
            if (each.equalsIgnoreCase(name)) {
                to.addAll(from.texts(each));
            }
        }
    }
}
