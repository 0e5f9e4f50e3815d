# The image of a function for Lambda, with an AOT cache, from the output of mvn package:
#   docker build -f infra/image/function.Dockerfile --build-arg FUNCTION=rate-limit -t gatehouse/rate-limit .
#
# The build trains the cache: AWS's runtime client runs the function with a Redis inside the build. A cache is valid for one
# JVM, class path and set of flags, so training and service share these layers.
#
#   FUNCTION   rate-limit, idempotency, cache, state, realtime, jobs, session, api-keys, health or authorizer
#   BASE       an image with Java 25, sh, ln and chroot
#   REDIS      an image of Redis with TLS; the result contains none of it
#
# Lambda passes the handler: the Command of ImageConfig.
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
# One path of java for all bases.
RUN ln -s "$(command -v java)" /gatehouse/java

FROM function AS training
ARG FUNCTION
COPY --from=redis / /redis
COPY --from=jars /training /training
COPY infra/image/redis-server /training/redis-server
# Makes /redis/tmp valid inside the chroot of Redis, too.
RUN ln -s / /redis/redis
RUN EMBEDDED_REDIS_EXECUTABLE=/training/redis-server java -Djava.io.tmpdir=/redis/tmp --enable-native-access=ALL-UNNAMED \
    --sun-misc-unsafe-memory-access=allow -cp '/training/*' dev.gatehouse.image.TrainingRun "$FUNCTION" /gatehouse

FROM function
COPY --from=training /gatehouse/function.aot /gatehouse/function.aot
# Fails the build if the JVM rejects the cache. In service a rejected cache would only be slow.
RUN /gatehouse/java -XX:AOTCache=/gatehouse/function.aot -XX:AOTMode=on -XX:MaxRAM=1g @/gatehouse/jvm.options \
    @/gatehouse/class-path.options --version
ENTRYPOINT ["/gatehouse/java", "-XX:AOTCache=/gatehouse/function.aot", "@/gatehouse/jvm.options", \
    "@/gatehouse/class-path.options", "com.amazonaws.services.lambda.runtime.api.client.AWSLambda"]
