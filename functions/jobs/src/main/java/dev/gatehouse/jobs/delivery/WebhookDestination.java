// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.delivery;

import java.net.URI;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A URL, and the secret that signs the requests to it. */
final class WebhookDestination implements Destination {

    /** The time after which the secret is read again. */
    private static final long SECRET_MILLIS = 300_000;

    private final URI url;
    private final Supplier<WebhookSecret> reader;
    private @Nullable WebhookSecret secret;
    private long secretReadAt;

    /** @param reader reads the secret; may block for some seconds */
    WebhookDestination(URI url, Supplier<WebhookSecret> reader) {
        this.url = url;
        this.reader = reader;
    }

    URI url() {
        return url;
    }

    @Override
    public JobTarget open() {
        return new WebhookTarget(url, secret(), InstantSource.system());
    }

    private synchronized WebhookSecret secret() {
        var known = secret;
        long now = System.currentTimeMillis();
        if (known == null || Math.abs(now - secretReadAt) > SECRET_MILLIS) {
            known = reader.get();
            secret = known;
            secretReadAt = now;
        }
        return known;
    }
}
