package dev.gatehouse.redis.config;

import dev.gatehouse.redis.aws.AwsFailure;
import dev.gatehouse.redis.aws.AwsIdentity;
import dev.gatehouse.redis.aws.SecretsManager;
import java.util.Map;

/** A Redis URL in a secret: the whole text, or the member {@code url} of a JSON object. */
record SecretUrl(String setting, String arn, SecretsManager secrets) {

    /** @throws InvalidSetting if {@code arn}, the value of {@code setting}, is not the ARN of a secret */
    static SecretUrl named(String setting, String arn, Map<String, String> environment) {
        if (!SecretsManager.isArn(arn)) {
            // The message omits the value: it may be the secret itself.
            throw new InvalidSetting(setting, "must be the ARN of a Secrets Manager secret");
        }
        return new SecretUrl(setting, arn, SecretsManager.of(AwsIdentity.of(environment), environment));
    }

    /**
     * Reads the current URL. Blocks for some seconds at most.
     *
     * @throws AwsFailure if the secret cannot be read
     * @throws InvalidSetting if it does not contain a valid URL
     */
    RedisUrl read() {
        return RedisUrl.parse("the secret in " + setting, secrets.text(arn, "url"));
    }
}
