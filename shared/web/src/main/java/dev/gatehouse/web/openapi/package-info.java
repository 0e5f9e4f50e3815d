// SPDX-License-Identifier: Apache-2.0
/**
 * The common parts of the functions' OpenAPI descriptions. Depends on annotations only, and nothing here is loaded at run
 * time.
 */
@NullMarked
package dev.gatehouse.web.openapi;

import org.jspecify.annotations.NullMarked;
