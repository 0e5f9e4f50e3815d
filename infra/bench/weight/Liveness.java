import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext.Http;
import dev.gatehouse.lambda.HttpFunction;
import java.util.Map;

/** The HTTP function, started and asked once whether it lives. */
class Liveness {
    public static void main(String[] args) {
        var http = Http.builder().withMethod("GET").withPath("/health/liveness").build();
        var event = APIGatewayV2HTTPEvent.builder()
                .withHeaders(Map.of())
                .withRequestContext(RequestContext.builder().withRequestId("r-1").withHttp(http).build())
                .build();
        var answer = new HttpFunction().handleRequest(event, null);
        System.out.println(answer.getStatusCode() + " " + answer.getBody());
        System.exit(0);
    }
}
