/** Log lines about single requests and their callers. */
@NullMarked
package dev.gatehouse.web.log;

import org.jspecify.annotations.NullMarked;
