package dev.gatehouse.session;

/** The outcome of changing a session's attributes. */
public sealed interface Patching {

    record Patched(Session session) implements Patching {}

    /** There is no live session of that id. */
    record Absent() implements Patching {}

    /** It is not at the version that was asked for; nothing has changed. */
    record VersionDiffers(long version) implements Patching {}

    /** What would come of it takes, with the device, more than {@link Attributes#MAX_BYTES}; nothing has changed. */
    record TooLarge() implements Patching {}
}
