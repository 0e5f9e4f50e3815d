# A function's image for Lambda, with an AOT cache for its JVM, from the output of mvn package:
#   docker build -f infra/image/function.Dockerfile --build-arg FUNCTION=rate-limit -t gatehouse/rate-limit .
#
# The build trains the cache: AWS's runtime client runs the function, which decides on a Redis of this build. The cache is
# bound to the JVM, the class path and the flags, so training and service share these layers.
#
#   FUNCTION   rate-limit, idempotency, session, health or authorizer
#   BASE       with a Java 25, sh, ln and chroot
#   REDIS      an image of Redis with TLS; none of it is in the result
#
# Lambda gives the handler: ImageConfig's Command.
ARG BASE=public.ecr.aws/lambda/java:25
ARG REDIS=redis:7-alpine

FROM ${REDIS} AS redis

FROM ${BASE} AS jars
ARG FUNCTION
COPY infra/image/target/training /training
COPY functions/${FUNCTION}/target/gatehouse-${FUNCTION}-*.zip /package.zip
COPY infra/image/target/runtime /gatehouse/lib
RUN java -cp '/training/*' dev.gatehouse.image.Layout /package.zip /gatehouse

FROM ${BASE} AS function
COPY --from=jars /gatehouse /gatehouse
COPY infra/image/jvm.options /gatehouse/jvm.options
# Wherever the base has its own.
RUN ln -s "$(command -v java)" /gatehouse/java

FROM function AS training
ARG FUNCTION
COPY --from=redis / /redis
COPY --from=jars /training /training
COPY infra/image/redis-server /training/redis-server
# What the training calls /redis/tmp is that within Redis's root, too.
RUN ln -s / /redis/redis
RUN EMBEDDED_REDIS_EXECUTABLE=/training/redis-server java -Djava.io.tmpdir=/redis/tmp --enable-native-access=ALL-UNNAMED \
    --sun-misc-unsafe-memory-access=allow -cp '/training/*' dev.gatehouse.image.TrainingRun "$FUNCTION" /gatehouse

FROM function
COPY --from=training /gatehouse/function.aot /gatehouse/function.aot
# A cache that the JVM would refuse ends the build here; in service it would only be slow.
RUN /gatehouse/java -XX:AOTCache=/gatehouse/function.aot -XX:AOTMode=on -XX:MaxRAM=1g @/gatehouse/jvm.options \
    @/gatehouse/class-path.options --version
ENTRYPOINT ["/gatehouse/java", "-XX:AOTCache=/gatehouse/function.aot", "@/gatehouse/jvm.options", \
    "@/gatehouse/class-path.options", "com.amazonaws.services.lambda.runtime.api.client.AWSLambda"]
