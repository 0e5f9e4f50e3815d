// SPDX-License-Identifier: Apache-2.0
/** Bytes, compression, random tokens, MessagePack and SHA-256. Depends on the JDK only. */
@NullMarked
package dev.gatehouse.codec;

import org.jspecify.annotations.NullMarked;
