package dev.gatehouse.redis.aws;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** The strings that are members of a JSON object; what else it holds is passed over. */
final class Json {

    private static final JsonFactory FACTORY = new JsonFactory();

    private Json() {}

    /** Empty where {@code json} is no object. */
    static Map<String, String> strings(byte[] json) {
        var members = new HashMap<String, String>();
        try (var parser = FACTORY.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return Map.of();
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                var name = parser.currentName();
                var value = parser.nextToken();
                if (value == JsonToken.VALUE_STRING) {
                    members.put(name, parser.getText());
                } else {
                    parser.skipChildren();
                }
            }
            return members;
        } catch (IOException e) {
            // The parser's message quotes what it read.
            return Map.of();
        }
    }
}
