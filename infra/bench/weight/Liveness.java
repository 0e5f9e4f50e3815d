import dev.gatehouse.lambda.HttpFunction;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The HTTP function, started and asked once whether it lives. */
class Liveness {
    public static void main(String[] args) throws IOException {
        var event = """
                {"version":"2.0","headers":{},"isBase64Encoded":false,\
                "requestContext":{"requestId":"r-1","http":{"method":"GET","path":"/health/liveness"}}}""";
        new HttpFunction().handleRequest(
                new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)), System.out, null);
        System.out.println();
        System.exit(0);
    }
}
