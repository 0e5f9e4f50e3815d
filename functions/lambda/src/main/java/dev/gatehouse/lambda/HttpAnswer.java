package dev.gatehouse.lambda;

import dev.gatehouse.telemetry.JsonLine;
import io.micronaut.http.HttpHeaders;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** The answer to a request, as API Gateway takes it, payload format 2.0. */
record HttpAnswer(long statusCode, Map<String, String> headers, String body, boolean isBase64Encoded) {

    /** What is no text is told in base 64; the values of one header are joined. */
    static HttpAnswer of(int status, HttpHeaders headers, byte[] body) {
        var joined = new LinkedHashMap<String, String>();
        headers.forEach((name, values) -> joined.put(name, String.join(", ", values)));
        try {
            var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
            return new HttpAnswer(status, joined, text.toString(), false);
        } catch (CharacterCodingException _) {
            return new HttpAnswer(status, joined, Base64.getEncoder().encodeToString(body), true);
        }
    }

    void writeTo(OutputStream out) throws IOException {
        var told = new JsonLine();
        headers.forEach(told::text);
        var answer = new JsonLine()
                .number("statusCode", statusCode)
                .json("headers", told)
                .text("body", body)
                .flag("isBase64Encoded", isBase64Encoded);
        out.write(answer.toString().getBytes(StandardCharsets.UTF_8));
    }
}
