package dev.gatehouse.authorizer.lambda;

import dev.gatehouse.lambda.EventJson;
import java.util.ArrayList;
import java.util.List;

/**
 * The headers of a request. Names are case-insensitive.
 *
 * @param single the last value of each name, or all values joined by commas
 * @param multiple the values of each name; empty if the event has no such member
 */
record Headers(EventJson single, EventJson multiple) {

    static Headers of(EventJson event) {
        return new Headers(event.object("headers"), event.object("multiValueHeaders"));
    }

    /** Returns all values of the header {@code name}. */
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
