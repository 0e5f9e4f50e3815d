package dev.gatehouse.lambda;

import dev.gatehouse.telemetry.JsonLine;

/**
 * A request of a rehearsal, in a line of text: {@code POST /path 201 {"its":"body"}}.
 *
 * @param event it, as API Gateway tells of it
 * @param status of the answer that it is to have
 */
record Scene(String event, String status) {

    private static final String API_KEY = "rehearsal";

    /** The one who asks, as the setting of that name tells of callers: the SHA-256 of its key. */
    static final String API_KEYS = "rehearsal=2bcd3e14dca8fdb18ca3d4e958bb1c4df002598ae6e5d80fc9d9824a6b5dc450";

    static Scene parse(String line) {
        var words = line.split(" ", 4);
        return new Scene(event(words[0], words[1], words.length < 4 ? "" : words[3]), words[2]);
    }

    private static String event(String method, String path, String body) {
        var context = new JsonLine()
                .text("requestId", "rehearsal")
                .json("http", new JsonLine().text("method", method).text("path", path));
        return new JsonLine()
                .text("version", "2.0")
                .json(
                        "headers",
                        new JsonLine().text("content-type", "application/json").text("x-api-key", API_KEY))
                .json("requestContext", context)
                .text("body", body)
                .flag("isBase64Encoded", false)
                .toString();
    }

    boolean isAnswered(String answer) {
        return answer.contains("\"statusCode\":" + status);
    }
}
