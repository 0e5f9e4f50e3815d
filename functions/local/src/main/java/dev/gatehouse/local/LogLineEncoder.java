// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import dev.gatehouse.telemetry.LogLine;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Encodes log events as lines of JSON, as the functions on Lambda do. Used with {@code LOG_FORMAT=json}. */
public final class LogLineEncoder extends EncoderBase<ILoggingEvent> {

    private static final byte[] NOTHING = {};

    @Override
    public byte[] headerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        var fields = event.getKeyValuePairs();
        var thrown = event.getThrowableProxy();
        var line = new LogLine(
                event.getInstant(),
                event.getLevel().toString(),
                event.getLoggerName(),
                event.getFormattedMessage(),
                fields == null ? List.of() : fields,
                thrown == null ? null : ThrowableProxyUtil.asString(thrown));
        return (line.json() + "\n").getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public byte[] footerBytes() {
        return NOTHING;
    }
}
