package dev.gatehouse.cache;

import java.io.IOException;

/** Converts values of one type to JSON and back. Thread-safe. */
public interface CacheCodec<T> {

    /**
     * Returns one JSON value in UTF-8, because callers over HTTP get these bytes as they are.
     *
     * @throws IOException if {@code value} has no JSON form; the value is then not stored
     */
    byte[] encode(T value) throws IOException;

    /**
     * Returns the value of its JSON form.
     *
     * @throws IOException if {@code json} is of another form, for example that of an earlier release; the value is then
     *     loaded anew
     */
    T decode(byte[] json) throws IOException;
}
