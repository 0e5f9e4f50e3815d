# Replaces Lambda's image for java25 on machines that cannot pull it. infra/local/sam runs packages in it.
ARG BASE=eclipse-temurin:25-jre
FROM ${BASE}

COPY infra/image/bootstrap /var/runtime/bootstrap
COPY infra/image/target/runtime /var/runtime/lib

ENV LAMBDA_TASK_ROOT=/var/task LAMBDA_RUNTIME_DIR=/var/runtime
WORKDIR /var/task
ENTRYPOINT ["/var/runtime/bootstrap"]
