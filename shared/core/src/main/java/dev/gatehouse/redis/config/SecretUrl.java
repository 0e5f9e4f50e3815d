package dev.gatehouse.redis.config;

import dev.gatehouse.redis.aws.AwsFailure;
import dev.gatehouse.redis.aws.AwsIdentity;
import dev.gatehouse.redis.aws.SecretsManager;
import java.util.Map;

/** The URL that a secret holds, as its text or as the member {@code url} of a JSON object. */
record SecretUrl(String setting, String arn, SecretsManager secrets) {

    /** @throws InvalidSetting if {@code arn}, the value of {@code setting}, is not that of a secret */
    static SecretUrl named(String setting, String arn, Map<String, String> environment) {
        if (!SecretsManager.isArn(arn)) {
            // Not shown: it may be the secret itself.
            throw new InvalidSetting(setting, "must be the ARN of a Secrets Manager secret");
        }
        return new SecretUrl(setting, arn, SecretsManager.of(AwsIdentity.of(environment), environment));
    }

    /**
     * Reads it, as it is now. Blocks for some seconds at most.
     *
     * @throws AwsFailure if it cannot be read
     * @throws InvalidSetting if it is no URL
     */
    RedisUrl read() {
        return RedisUrl.parse("the secret in " + setting, secrets.text(arn, "url"));
    }
}
