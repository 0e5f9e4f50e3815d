package dev.gatehouse.lambda;

import dev.gatehouse.telemetry.JsonLine;
import dev.gatehouse.telemetry.Utf8;
import io.micronaut.http.HttpHeaders;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** The answer to a request, as API Gateway takes it, payload format 2.0. */
record HttpAnswer(long statusCode, Map<String, String> headers, String body, boolean isBase64Encoded) {

    /** What the headers take as a rule, and the quotes of a body. */
    private static final int ROOM = 1_024;

    /** What is no text is told in base 64; the values of one header are joined. */
    static HttpAnswer of(int status, HttpHeaders headers, byte[] body) {
        var joined = new LinkedHashMap<String, String>();
        headers.forEach(
                (name, values) -> joined.put(name, values.size() == 1 ? values.getFirst() : String.join(", ", values)));
        try {
            return new HttpAnswer(status, joined, Utf8.text(body), false);
        } catch (CharacterCodingException _) {
            return new HttpAnswer(status, joined, Base64.getEncoder().encodeToString(body), true);
        }
    }

    void writeTo(OutputStream out) throws IOException {
        var told = new JsonLine();
        headers.forEach(told::text);
        new JsonLine(ROOM + body.length())
                .number("statusCode", statusCode)
                .json("headers", told)
                .text("body", body)
                .flag("isBase64Encoded", isBase64Encoded)
                .writeTo(out);
    }
}
