# The image of the local server, from the output of mvn package:
#   docker build -f infra/image/server.Dockerfile -t gatehouse/server:local .
ARG BASE=eclipse-temurin:25-jre
FROM ${BASE}

COPY functions/local/target/lib /gatehouse/lib
COPY functions/local/target/gatehouse-local-*.jar /gatehouse/gatehouse.jar

USER 10001:10001
WORKDIR /tmp
EXPOSE 8080
ENV MICRONAUT_SERVER_HOST=0.0.0.0

# The rest of the memory is for Netty's buffers and the classes.
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=60", "-XX:+ExitOnOutOfMemoryError", "--enable-native-access=ALL-UNNAMED", \
    "--sun-misc-unsafe-memory-access=allow", "-jar", "/gatehouse/gatehouse.jar"]
