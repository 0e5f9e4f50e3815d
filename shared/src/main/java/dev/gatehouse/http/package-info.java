/** What every HTTP function needs: problem details, caller authentication, request ids, the reading of bodies. */
@NullMarked
package dev.gatehouse.http;

import org.jspecify.annotations.NullMarked;
