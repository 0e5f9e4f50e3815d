// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.delivery;

/** The configured target of a drain. */
public interface Destination {

    /**
     * Opens the target for one run of the drain. May block for some seconds to read a secret or credentials, and opens no
     * connection to the target.
     *
     * @throws dev.gatehouse.redis.config.InvalidSetting if the secret cannot be read
     * @throws dev.gatehouse.redis.aws.AwsFailure if there are no credentials
     */
    JobTarget open();
}
