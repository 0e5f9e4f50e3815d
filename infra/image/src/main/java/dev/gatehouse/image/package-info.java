// SPDX-License-Identifier: Apache-2.0
/** Lays out a function's files and trains its AOT cache while its image is built. The image contains none of this. */
@NullMarked
package dev.gatehouse.image;

import org.jspecify.annotations.NullMarked;
