// SPDX-License-Identifier: Apache-2.0
import dev.gatehouse.redis.aws.AwsIdentity;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** Prints an ElastiCache token with our own signature. */
class OurSignature {
    public static void main(String[] args) {
        var identity = AwsIdentity.of(Map.of("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY", "example"));
        identity.refresh();
        var uri = URI.create("http://cache/?Action=connect&User=app");
        System.out.println(identity.presigned("eu-west-1", "elasticache", uri, Instant.now(), Duration.ofMinutes(15)));
    }
}
