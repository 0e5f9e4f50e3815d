package dev.gatehouse.lambda;

import io.micronaut.context.BeanContext;
import io.micronaut.core.io.buffer.ByteArrayBufferFactory;
import io.micronaut.core.propagation.PropagatedContext;
import io.micronaut.http.body.ByteBody;
import io.micronaut.http.body.ByteBodyFactory;
import io.micronaut.http.body.MessageBodyHandlerRegistry;
import io.micronaut.http.context.ServerHttpRequestContext;
import io.micronaut.http.server.RequestLifecycle;
import io.micronaut.http.server.ResponseLifecycle;
import io.micronaut.http.server.RouteExecutor;
import io.micronaut.inject.qualifiers.Qualifiers;
import io.micronaut.scheduling.TaskExecutors;
import java.util.concurrent.Executor;

/**
 * The routes among the beans, with their filters and error handlers: events take the way through Micronaut's server that
 * requests take on the local one, without a servlet between, nor what the events of other gateways need.
 */
final class Routes extends RequestLifecycle {

    private final Encoding encoding;

    Routes(BeanContext beans) {
        this(beans, beans.getBean(RouteExecutor.class));
    }

    private Routes(BeanContext beans, RouteExecutor executor) {
        super(executor);
        encoding = new Encoding(beans, executor);
    }

    /** What the routes answer; throws only where not even the answer to an error can be written. */
    HttpAnswer serve(EventRequest request) {
        try (var _ = PropagatedContext.getOrEmpty()
                        .plus(new ServerHttpRequestContext(request))
                        .propagate();
                var response = normalFlow(request)
                        .flatMap(unwritten -> encoding.encodeHttpResponseSafe(request, unwritten))
                        .toCompletableFuture()
                        .join()) {
            return HttpAnswer.of(response.code(), response.getHeaders(), bytes(response.byteBody()));
        }
    }

    private static byte[] bytes(ByteBody body) {
        try (var all = body.buffer().join()) {
            return all.toByteArray();
        }
    }

    private static final class Encoding extends ResponseLifecycle {

        private final BeanContext beans;

        Encoding(BeanContext beans, RouteExecutor executor) {
            super(
                    executor,
                    beans.getBean(MessageBodyHandlerRegistry.class),
                    beans.getConversionService(),
                    ByteBodyFactory.createDefault(ByteArrayBufferFactory.INSTANCE));
            this.beans = beans;
        }

        @Override
        protected Executor ioExecutor() {
            return beans.getBean(Executor.class, Qualifiers.byName(TaskExecutors.BLOCKING));
        }
    }
}
