package dev.gatehouse.lambda;

import io.micronaut.core.convert.ConversionService;
import io.micronaut.core.convert.value.MutableConvertibleValues;
import io.micronaut.core.convert.value.MutableConvertibleValuesMap;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpMethod;
import io.micronaut.http.HttpParameters;
import io.micronaut.http.MediaType;
import io.micronaut.http.ServerHttpRequest;
import io.micronaut.http.body.ByteBody;
import io.micronaut.http.cookie.Cookies;
import io.micronaut.http.simple.SimpleHttpParameters;
import io.micronaut.http.simple.cookies.SimpleCookies;
import java.net.URI;
import java.util.Optional;

/**
 * The request that an HTTP API's event tells of, payload format 2.0. Of query and cookies it tells nothing: no route here
 * reads any.
 */
final class EventRequest implements ServerHttpRequest<byte[]> {

    private final HttpMethod method;
    private final URI uri;
    private final HttpHeaders headers;
    private final byte[] bytes;
    private final ByteBody body;
    private final EventJson context;
    private final ConversionService conversions;
    /** Kept, for it is read anew for whoever asks otherwise. */
    private final Optional<MediaType> contentType;

    private final MutableConvertibleValues<Object> attributes = new MutableConvertibleValuesMap<>();

    /** @param context what API Gateway knows of it beside */
    EventRequest(
            HttpMethod method,
            URI uri,
            HttpHeaders headers,
            byte[] bytes,
            EventJson context,
            ConversionService conversions) {
        this.method = method;
        this.uri = uri;
        this.headers = headers;
        this.contentType = headers.contentType();
        this.bytes = bytes;
        this.body = byteBodyFactory().adapt(bytes);
        this.context = context;
        this.conversions = conversions;
    }

    /** What API Gateway knows of it beside. */
    EventJson context() {
        return context;
    }

    @Override
    public HttpMethod getMethod() {
        return method;
    }

    @Override
    public URI getUri() {
        return uri;
    }

    @Override
    public HttpHeaders getHeaders() {
        return headers;
    }

    @Override
    public Optional<MediaType> getContentType() {
        return contentType;
    }

    @Override
    public HttpParameters getParameters() {
        return new SimpleHttpParameters(conversions);
    }

    @Override
    public Cookies getCookies() {
        return new SimpleCookies(conversions);
    }

    @Override
    public MutableConvertibleValues<Object> getAttributes() {
        return attributes;
    }

    @Override
    public Optional<Object> getAttribute(CharSequence name) {
        return Optional.ofNullable(attributes.getValue(name.toString()));
    }

    /** Without the conversion service, which is in vain where it is of that type already. */
    @Override
    public <T> Optional<T> getAttribute(CharSequence name, Class<T> type) {
        var value = attributes.getValue(name.toString());
        return type.isInstance(value) ? Optional.of(type.cast(value)) : attributes.get(name, type);
    }

    @Override
    public Optional<byte[]> getBody() {
        return bytes.length == 0 ? Optional.empty() : Optional.of(bytes);
    }

    @Override
    public ByteBody byteBody() {
        return body;
    }
}
