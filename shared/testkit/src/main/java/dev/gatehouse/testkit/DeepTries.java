// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.AroundPropertyHook;
import net.jqwik.api.lifecycle.PropertyExecutionResult;
import net.jqwik.api.lifecycle.PropertyExecutor;
import net.jqwik.api.lifecycle.PropertyLifecycleContext;

/** The number of tries of a property in the deep suite, in place of those that its own annotation has. */
@Tag("deep")
@AddLifecycleHook(DeepTries.Hook.class)
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface DeepTries {

    int value();

    /** Sets the number of tries in the deep suite. */
    final class Hook implements AroundPropertyHook {

        @Override
        public PropertyExecutionResult aroundProperty(PropertyLifecycleContext context, PropertyExecutor property) {
            if (Rounds.isDeep()) {
                context.findAnnotation(DeepTries.class)
                        .ifPresent(tries -> context.attributes().setTries(tries.value()));
            }
            return property.execute();
        }
    }
}
