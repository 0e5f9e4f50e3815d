// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.lease;

import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.LimitedSubject;

/**
 * The name and subject whose leases count together.
 *
 * @param name the limited resource, with the bounds of {@link Limit#name}
 * @param subject the subject, with the bounds of {@link LimitedSubject#subject}
 */
public record LeasedResource(String name, String subject) {

    public LeasedResource {
        Limit.requireName(name);
        LimitedSubject.requireSubject(subject);
    }
}
