package dev.gatehouse.redis;

import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import java.util.concurrent.CompletionStage;

/** The link as a bean, for functions that Micronaut composes. Nothing here connects. */
@Factory
final class RedisBeans {

    @Singleton
    @Requires(missingBeans = RedisSettings.class)
    RedisSettings settings() {
        return RedisSettings.fromEnvironment(System.getenv());
    }

    @Singleton
    @Bean(preDestroy = "close")
    RedisLink link(RedisSettings settings, OpeningRetry retry) {
        return RedisLink.to(settings, connector -> new Retrying(connector, retry), MicroClock::now);
    }

    private record Retrying(Connector connector, OpeningRetry retry) implements Connector {

        @Override
        public CompletionStage<Connection> open() {
            return retry.open(connector);
        }

        @Override
        public void close() {
            connector.close();
        }
    }
}
