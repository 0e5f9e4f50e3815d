/** Bytes, MessagePack and SHA-256. */
@NullMarked
package dev.gatehouse.codec;

import org.jspecify.annotations.NullMarked;
