package dev.gatehouse.redis;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** The one connection to Redis of this process. */
@SuppressWarnings("DoNotCallSuggester")
public final class RedisLink implements AutoCloseable {

    /** Runs one script. The stage completes by the deadline, and never exceptionally. */
    public CompletionStage<Reply<List<Object>>> run(ScriptCall call, Deadline deadline) {
        throw new UnsupportedOperationException();
    }

    /** Runs several scripts, written to the connection in one flush; the stages are in the order of the calls. */
    public List<CompletionStage<Reply<List<Object>>>> runAll(List<ScriptCall> calls, Deadline deadline) {
        throw new UnsupportedOperationException();
    }

    /** Whether keys of one script must share a slot. */
    public boolean isClustered() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
