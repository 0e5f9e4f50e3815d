// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

/** The outcome of a patch. */
public sealed interface Patching {

    record Patched(Session session) implements Patching {}

    /** No live session has that id. */
    record Absent() implements Patching {}

    /** The session has another version than required; nothing was changed. */
    record VersionDiffers(long version) implements Patching {}

    /** The result and the device would exceed {@link Attributes#MAX_BYTES}; nothing was changed. */
    record TooLarge() implements Patching {}
}
