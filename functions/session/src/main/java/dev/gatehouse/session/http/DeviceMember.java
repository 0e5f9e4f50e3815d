package dev.gatehouse.session.http;

import dev.gatehouse.session.Device;
import dev.gatehouse.web.JsonBody;
import dev.gatehouse.web.JsonObject;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A device as it stands in a body, given and told alike. */
@Schema(
        name = "Device",
        description = "What the session was begun on, for its user to know it again. Nothing is decided by it.",
        additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
record DeviceMember(
        @Schema(example = "Ada's phone", maxLength = Device.MAX_NAME) @Nullable
        String name,

        @Schema(example = "Mozilla/5.0", maxLength = Device.MAX_USER_AGENT) @Nullable
        String userAgent,

        @Schema(example = "192.0.2.1", maxLength = Device.MAX_IP) @Nullable
        String ip) {

    static final DeviceMember NONE = new DeviceMember(null, null, null);

    static @Nullable DeviceMember readFrom(JsonBody fields) {
        var name = textOrNull(fields, "name");
        var userAgent = textOrNull(fields, "userAgent");
        var ip = textOrNull(fields, "ip");
        return fields.make(() -> new DeviceMember(name, userAgent, ip));
    }

    private static @Nullable String textOrNull(JsonBody fields, String name) {
        return fields.has(name) ? fields.text(name) : null;
    }

    static DeviceMember of(Device device) {
        return new DeviceMember(device.name(), device.userAgent(), device.ip());
    }

    /** @throws dev.gatehouse.session.InvalidSession if there can be no such device */
    Device toDevice() {
        return new Device(name, userAgent, ip);
    }

    /** With what is known of it only. */
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

    /** Nothing of it: it tells of a person. */
    @Override
    public String toString() {
        return "DeviceMember[…]";
    }
}
