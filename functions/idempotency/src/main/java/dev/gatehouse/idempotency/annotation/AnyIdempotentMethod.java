package dev.gatehouse.idempotency.annotation;

import io.micronaut.context.BeanContext;
import io.micronaut.context.condition.Condition;
import io.micronaut.context.condition.ConditionContext;
import io.micronaut.http.annotation.Controller;
import io.micronaut.inject.BeanDefinitionReference;

/**
 * Whether any controller has a method that is {@link Idempotent}: a program without one pays nothing for those of others,
 * and in a program with one nothing else must be set for it to be so.
 */
final class AnyIdempotentMethod implements Condition {

    @Override
    @SuppressWarnings("rawtypes")
    public boolean matches(ConditionContext context) {
        var beans = context.getBeanContext();
        return beans.getBeanDefinitionReferences().stream().anyMatch(reference -> hasOne(reference, beans));
    }

    /** Looked at before it is loaded: most beans are no controllers. Whether it is enabled may depend on this. */
    private static boolean hasOne(BeanDefinitionReference<?> reference, BeanContext beans) {
        return reference.getAnnotationMetadata().hasStereotype(Controller.class)
                && reference.isPresent()
                && reference.load(beans).getExecutableMethods().stream()
                        .anyMatch(method -> method.hasAnnotation(Idempotent.class));
    }
}
