package dev.gatehouse.idempotency.annotation;

import io.micronaut.context.BeanContext;
import io.micronaut.context.condition.Condition;
import io.micronaut.context.condition.ConditionContext;
import io.micronaut.http.annotation.Controller;
import io.micronaut.inject.BeanDefinitionReference;

/**
 * Holds if any controller has a method annotated with {@link Idempotent}. A program without one loads none of these beans,
 * and a program with one needs no setting.
 */
final class AnyIdempotentMethod implements Condition {

    @Override
    @SuppressWarnings("rawtypes")
    public boolean matches(ConditionContext context) {
        var beans = context.getBeanContext();
        return beans.getBeanDefinitionReferences().stream().anyMatch(reference -> hasOne(reference, beans));
    }

    /** Checks the metadata before loading the definition: most beans are no controllers. */
    private static boolean hasOne(BeanDefinitionReference<?> reference, BeanContext beans) {
        return reference.getAnnotationMetadata().hasStereotype(Controller.class)
                && reference.isPresent()
                && reference.load(beans).getExecutableMethods().stream()
                        .anyMatch(method -> method.hasAnnotation(Idempotent.class));
    }
}
