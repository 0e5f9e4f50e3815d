// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.http;

import dev.gatehouse.jobs.JobStore;
import dev.gatehouse.jobs.RedisJobStore;
import dev.gatehouse.jobs.WaitingJobStore;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.RedisSettings;
import dev.gatehouse.telemetry.FunctionRoutes;
import io.micronaut.context.BeanProvider;
import io.micronaut.context.annotation.Factory;
import jakarta.inject.Singleton;

/** Creates the jobs. */
@Factory
final class JobBeans {

    @Singleton
    FunctionRoutes routes() {
        return new FunctionRoutes("jobs", "/v1/jobs/");
    }

    @Singleton
    JobStore jobs(RedisSettings settings, BeanProvider<RedisLink> link) {
        return settings.enabled() ? new RedisJobStore(link.get()) : new DisabledJobStore();
    }

    @Singleton
    WaitingJobStore waitingJobStore(JobStore jobs, RedisSettings settings) {
        return new WaitingJobStore(jobs, WaitingJobStore.DEFAULT_MAX_WAITERS, settings.decisionBudget());
    }
}
