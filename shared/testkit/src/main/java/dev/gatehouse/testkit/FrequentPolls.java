// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Polls each awaited condition more often than Awaitility does by default, since most hold within milliseconds. */
public final class FrequentPolls implements BeforeAllCallback {

    private static final Duration INTERVAL = Duration.ofMillis(20);

    @Override
    public void beforeAll(ExtensionContext context) {
        Awaitility.setDefaultPollInterval(INTERVAL);
    }
}
