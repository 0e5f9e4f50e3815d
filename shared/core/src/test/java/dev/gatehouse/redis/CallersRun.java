package dev.gatehouse.redis;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** For tests whose links have no threads of their own. */
final class CallersRun implements BeforeAllCallback, AfterAllCallback {

    @Override
    public void beforeAll(ExtensionContext context) {
        LinkProbe.callersRun = true;
    }

    @Override
    public void afterAll(ExtensionContext context) {
        LinkProbe.callersRun = false;
    }
}
