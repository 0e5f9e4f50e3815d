// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.batch;

import com.amazonaws.services.lambda.runtime.Context;
import java.util.List;
import java.util.function.Function;

/**
 * The records of one event, to be processed once. Immutable.
 *
 * @param <R> the type of a record
 * @param <T> the response to Lambda
 */
public final class RecordBatch<R, T> {

    private final IdempotentBatch settings;
    private final Context context;
    private final List<R> records;
    private final RecordSource<R> source;
    private final Function<List<RecordFailure>, T> response;

    RecordBatch(
            IdempotentBatch settings,
            Context context,
            List<R> records,
            RecordSource<R> source,
            Function<List<RecordFailure>, T> response) {
        this.settings = settings;
        this.context = context;
        this.records = records;
        this.source = source;
        this.response = response;
    }

    /**
     * Returns this batch with other keys. Records with the same key are the same work, also across batches.
     *
     * @param key returns 1 to 255 visible ASCII characters, such as the sender's id of an order. A record for which it
     *     returns anything else or throws is reported as failed
     */
    public RecordBatch<R, T> withKey(Function<? super R, String> key) {
        return new RecordBatch<>(settings, context, records, source.withKey(key), response);
    }

    /**
     * Returns this batch with fingerprints, which detect a key that is reused for other work. By default there are none.
     *
     * @param fingerprint returns up to 255 visible ASCII characters, such as a digest of the record
     */
    public RecordBatch<R, T> withFingerprint(Function<? super R, String> fingerprint) {
        return new RecordBatch<>(settings, context, records, source.withFingerprint(fingerprint), response);
    }

    /**
     * Claims all records, runs the work of those that are not done, one after the other, and returns the response to Lambda.
     *
     * @throws BatchFailed if a record failed and the source has no partial responses
     */
    public T process(RecordWork<? super R> work) {
        return response.apply(new BatchRun<R>(settings, context, source, work).process(records));
    }
}
