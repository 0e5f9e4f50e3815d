// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.sockets;

/** The messages of one kind of server. */
enum SocketProtocol {
    GATEHOUSE {
        @Override
        String path(String channel) {
            return "/realtime";
        }

        @Override
        String join(String channel) {
            return "{\"do\":\"join\",\"channel\":\"" + channel + "\"}";
        }

        @Override
        boolean isJoined(String message) {
            return message.contains("\"self\":true");
        }

        @Override
        String publication(String channel, long number, long nanos) {
            return "{\"do\":\"publish\",\"channel\":\"%s\",\"event\":\"e\",\"data\":{%s}}"
                    .formatted(channel, content(number, nanos));
        }
    },

    /** A message is sent to the members of the channel as it is. */
    BROADCAST {
        @Override
        String path(String channel) {
            return "/broadcast/" + channel;
        }

        @Override
        String join(String channel) {
            return "join";
        }

        @Override
        boolean isJoined(String message) {
            return message.equals("join");
        }

        @Override
        String publication(String channel, long number, long nanos) {
            // Has the length of an event of Gatehouse.
            return "{\"on\":\"event\",\"data\":{%s},\"more\":\"%s\"}"
                    .formatted(content(number, nanos), "x".repeat(150));
        }
    };

    private static final String NUMBER = "\"number\":";
    private static final String NANOS = "\"nanos\":";

    abstract String path(String channel);

    /** Returns the first message of a member. */
    abstract String join(String channel);

    /** Returns whether a message is the response to {@link #join}. */
    abstract boolean isJoined(String message);

    abstract String publication(String channel, long number, long nanos);

    private static String content(long number, long nanos) {
        return NUMBER + number + "," + NANOS + nanos;
    }

    /** Returns the number of a publication; -1 for another message. */
    static long number(String message) {
        return longAfter(NUMBER, message);
    }

    static long nanos(String message) {
        return longAfter(NANOS, message);
    }

    private static long longAfter(String name, String message) {
        int start = message.indexOf(name);
        if (start < 0) {
            return -1;
        }
        long value = 0;
        for (int i = start + name.length(); i < message.length() && Character.isDigit(message.charAt(i)); i++) {
            value = 10 * value + message.charAt(i) - '0';
        }
        return value;
    }
}
