package dev.gatehouse.runtime;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.gatehouse.telemetry.StandardOutput;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.security.Security;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves a handler, one event after the other, until Lambda ends the process.
 *
 * <p>AWS's own client is made for any handler, and asks the Runtime API by way of a native library: with that an invocation
 * takes half as long again ({@code infra/bench}, start-up suite). This one knows stream handlers alone, no snapshots, and one
 * event at a time.
 */
public final class LambdaRuntime {

    private static final Logger LOG = LoggerFactory.getLogger(LambdaRuntime.class);

    /** What an answer takes as a rule. */
    private static final int ROOM = 2_048;

    private final RuntimeApi api;

    LambdaRuntime(RuntimeApi api) {
        this.api = api;
    }

    /**
     * Serves; does not return.
     *
     * @param arguments the name of the handler's class, a {@link RequestStreamHandler}
     */
    public static void main(String... arguments) {
        if (arguments.length != 1) {
            throw new IllegalArgumentException("the handler's class is to be named, and nothing else");
        }
        var api = Optional.ofNullable(System.getenv("AWS_LAMBDA_RUNTIME_API"))
                .orElseThrow(() -> new IllegalStateException("AWS_LAMBDA_RUNTIME_API is not set: Lambda sets it"));
        forgetsUnknownHostsSoon();
        try {
            new LambdaRuntime(RuntimeApi.at(api)).serve(arguments[0]);
        } finally {
            // Lambda starts another in its place.
            System.exit(1);
        }
    }

    /** As AWS's client does, where the JDK takes ten seconds: a Redis that fails over has no address for a moment. */
    private static void forgetsUnknownHostsSoon() {
        var seconds = System.getenv("AWS_LAMBDA_JAVA_NETWORKADDRESS_CACHE_NEGATIVE_TTL");
        Security.setProperty("networkaddress.cache.negative.ttl", Objects.requireNonNullElse(seconds, "1"));
    }

    /** Serves the handler of that name until it cannot any more; why, it logs and tells Lambda. */
    void serve(String name) {
        try {
            var handler = start(name);
            while (handler.isPresent() && serve(handler.get(), api.next())) {
                // On to the next.
            }
        } catch (IOException | RuntimeException | Error e) {
            LOG.error("No event is served any more", e);
        }
    }

    private Optional<RequestStreamHandler> start(String name) throws IOException {
        try {
            return Optional.of(Class.forName(name)
                    .asSubclass(RequestStreamHandler.class)
                    .getConstructor()
                    .newInstance());
        } catch (InvocationTargetException | ExceptionInInitializerError e) {
            notStarted(name, Objects.requireNonNullElse(e.getCause(), e));
        } catch (ReflectiveOperationException | ClassCastException | LinkageError e) {
            notStarted(name, e);
        }
        return Optional.empty();
    }

    /** Says so, on whatever {@code LOG_LEVEL}; an invalid setting has its one line, and no stack. */
    private void notStarted(String name, Throwable failure) throws IOException {
        if (LOG.isErrorEnabled()) {
            LOG.error("{} does not start", name, failure);
        } else {
            StandardOutput.print(name + " does not start: " + failure);
        }
        api.startFailed(Failure.of(failure));
    }

    /** @return whether another may be served */
    private boolean serve(RequestStreamHandler handler, Invocation invocation) throws IOException {
        var answer = new ByteArrayOutputStream(ROOM);
        try {
            handler.handleRequest(new ByteArrayInputStream(invocation.event()), answer, invocation);
        } catch (Throwable e) {
            try {
                api.failed(invocation, Failure.of(e));
            } finally {
                // Afterwards, for it takes memory.
                LOG.error("Invocation {} failed", invocation.requestId(), e);
            }
            return !(e instanceof VirtualMachineError);
        }
        api.answer(invocation, answer.toByteArray());
        return true;
    }
}
