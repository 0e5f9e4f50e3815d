package dev.gatehouse.lambda;

import dev.gatehouse.web.Gateway;
import io.micronaut.http.HttpRequest;
import jakarta.inject.Singleton;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What API Gateway's event tells of a request, payload format 2.0. */
@Singleton
final class ApiGateway implements Gateway {

    private static final EventJson NOTHING = new EventJson(Map.of());

    @Override
    public @Nullable String requestId(HttpRequest<?> request) {
        return contextOf(request).text("requestId");
    }

    @Override
    public @Nullable String authorized(HttpRequest<?> request, String field) {
        var authorizer = contextOf(request).object("authorizer");
        int dot = field.indexOf('.');
        if (dot < 0) {
            return null;
        }
        var name = field.substring(dot + 1);
        return switch (field.substring(0, dot)) {
            case "jwt" -> authorizer.object("jwt").object("claims").text(name);
            case "lambda" -> authorizer.object("lambda").text(name);
            case "iam" -> authorizer.object("iam").text(name);
            default -> null;
        };
    }

    private static EventJson contextOf(HttpRequest<?> request) {
        return request instanceof EventRequest ofEvent ? ofEvent.context() : NOTHING;
    }
}
