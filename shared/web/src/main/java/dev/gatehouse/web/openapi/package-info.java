/**
 * The common parts of the functions' OpenAPI descriptions. Nothing here is loaded at run time.
 */
@NullMarked
package dev.gatehouse.web.openapi;

import org.jspecify.annotations.NullMarked;
