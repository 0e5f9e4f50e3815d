// SPDX-License-Identifier: Apache-2.0
/** Verifies requests that are signed for AWS. Depends on no other package. */
@NullMarked
package dev.gatehouse.testkit.aws;

import org.jspecify.annotations.NullMarked;
