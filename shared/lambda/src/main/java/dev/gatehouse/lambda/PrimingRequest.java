package dev.gatehouse.lambda;

import dev.gatehouse.telemetry.JsonLine;

/**
 * A request of the priming, in a line of text: {@code POST /path 201 {"its":"body"}}.
 *
 * @param event payload format 2.0
 * @param status of the expected response
 */
record PrimingRequest(String event, String status) {

    private static final String API_KEY = "priming";

    /** The caller of these requests, as in the setting of that name: the SHA-256 of its key. */
    static final String API_KEYS = "priming=a8bb69cf056631ac6fc0c094a6af96db6899fcf4894ca1b8631261cba6358661";

    static PrimingRequest parse(String line) {
        var words = line.split(" ", 4);
        return new PrimingRequest(event(words[0], words[1], words.length < 4 ? "" : words[3]), words[2]);
    }

    private static String event(String method, String path, String body) {
        var context = new JsonLine()
                .text("requestId", "priming")
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

    boolean isAnsweredBy(String response) {
        return response.contains("\"statusCode\":" + status);
    }
}
