package dev.gatehouse.session.http;

import dev.gatehouse.session.Device;
import dev.gatehouse.web.JsonObject;
import dev.gatehouse.web.JsonRecord;
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

    static DeviceInfo of(Device device) {
        return new DeviceInfo(device.name(), device.userAgent(), device.ip());
    }

    Device toDevice() {
        return new Device(name, userAgent, ip);
    }

    /** Returns the JSON text, without absent members. */
    String json() {
        var json = new JsonObject();
        if (name != null) {
            json.with("name", name);
        }
        if (userAgent != null) {
            json.with("userAgent", userAgent);
        }
        if (ip != null) {
            json.with("ip", ip);
        }
        return json.text();
    }

    /** Leaves out personal data. */
    @Override
    public String toString() {
        return "DeviceInfo[…]";
    }
}
