package dev.gatehouse.bench;

import java.net.URI;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.serializer.RedisSerializer;
import org.springframework.session.Session;
import org.springframework.session.SessionRepository;
import org.springframework.session.data.redis.RedisSessionRepository;

/** Spring Session's plain repository on Lettuce: a session is found, touched and saved, as each request does. */
final class SpringSession implements Contestant {

    private final LettuceConnectionFactory connections;
    private final SessionRepository<? extends Session> repository;
    private final Map<String, String> ids = new ConcurrentHashMap<>();

    SpringSession(String url) {
        var redis = URI.create(url);
        connections = new LettuceConnectionFactory(new RedisStandaloneConfiguration(redis.getHost(), redis.getPort()));
        connections.afterPropertiesSet();
        connections.start();
        var template = new RedisTemplate<String, Object>();
        template.setKeySerializer(RedisSerializer.string());
        template.setHashKeySerializer(RedisSerializer.string());
        template.setConnectionFactory(connections);
        template.afterPropertiesSet();
        repository = new RedisSessionRepository(template);
    }

    @Override
    public String name() {
        return "Spring Session 3.5.3";
    }

    @Override
    public void decide(String subject) {
        touch(repository, ids.computeIfAbsent(subject, user -> create(repository, user)));
    }

    private static <S extends Session> String create(SessionRepository<S> repository, String user) {
        var session = repository.createSession();
        session.setAttribute("userId", user);
        session.setAttribute("theme", "dark");
        repository.save(session);
        return session.getId();
    }

    private static <S extends Session> void touch(SessionRepository<S> repository, String id) {
        var session = repository.findById(id);
        if (session == null || !"dark".equals(session.getAttribute("theme"))) {
            throw new IllegalStateException("Not found: " + id);
        }
        session.setLastAccessedTime(Instant.now());
        repository.save(session);
    }

    @Override
    public void close() {
        connections.destroy();
    }
}
