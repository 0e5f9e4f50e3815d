// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session.http;

import dev.gatehouse.session.Device;
import dev.gatehouse.web.json.JsonRecord;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/** The device on which the session was created, for its user to recognize it. It decides nothing. */
@JsonRecord
record DeviceInfo(
        @Schema(example = "Ada's phone") @Nullable @Size(max = Device.MAX_NAME)
        String name,

        @Schema(example = "Mozilla/5.0") @Nullable @Size(max = Device.MAX_USER_AGENT)
        String userAgent,

        @Schema(example = "192.0.2.1") @Nullable @Size(max = Device.MAX_IP)
        String ip) {

    Device toDevice() {
        return new Device(name, userAgent, ip);
    }

    /** Leaves out personal data. */
    @Override
    public String toString() {
        return "DeviceInfo[…]";
    }
}
