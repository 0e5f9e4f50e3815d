// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.jobs.QueueName;
import dev.gatehouse.redis.config.InvalidSetting;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DrainSettingsTest {

    private static final Map<String, String> SET = Map.of(
            "GATEHOUSE_JOBS_TARGET", "https://api.example.org/work",
            "GATEHOUSE_JOBS_QUEUES", " mails  reports mails ",
            "GATEHOUSE_JOBS_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

    private static Map<String, String> with(String name, String value) {
        var changed = new HashMap<>(SET);
        changed.put(name, value);
        return changed;
    }

    @Test
    void readsTheSettingsAndTheirDefaults() {
        var settings = DrainSettings.from(SET).orElseThrow();

        assertThat(settings.destination())
                .isInstanceOfSatisfying(WebhookDestination.class, webhook -> assertThat(webhook.url())
                        .isEqualTo(URI.create("https://api.example.org/work")));
        assertThat(settings.queues()).containsExactly(QueueName.of("mails"), QueueName.of("reports"));
        assertThat(settings.tenant()).isEqualTo("default");
        assertThat(settings.atOnce()).isEqualTo(8);
        assertThat(settings.timeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(settings).hasToString("DrainSettings[…]");
    }

    @Test
    void withoutATargetThereIsNoDrain() {
        assertThat(DrainSettings.from(Map.of())).isEmpty();
        assertThat(DrainSettings.from(with("GATEHOUSE_JOBS_TARGET", " "))).isEmpty();
        assertThat(DrainSettings.noTarget()).hasMessageStartingWith("GATEHOUSE_JOBS_TARGET is missing");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GATEHOUSE_JOBS_QUEUES|",
                "GATEHOUSE_JOBS_QUEUES|é",
                "GATEHOUSE_JOBS_SECRET|",
                "GATEHOUSE_JOBS_SECRET|secret",
                "GATEHOUSE_JOBS_TARGET|api.example.org",
                "GATEHOUSE_JOBS_TARGET|ftp://api.example.org/",
                "GATEHOUSE_JOBS_TARGET|https://user:password@api.example.org/",
                "GATEHOUSE_JOBS_TARGET|https:///work",
                "GATEHOUSE_JOBS_TARGET|https://api.example.org/#x",
                "GATEHOUSE_JOBS_TARGET|https://api example",
                "GATEHOUSE_JOBS_AT_ONCE|0",
                "GATEHOUSE_JOBS_AT_ONCE|21",
                "GATEHOUSE_JOBS_TIMEOUT_SECONDS|601",
            })
    void aMissingOrMalformedSettingNamesItself(String name, String value) {
        assertThatThrownBy(() -> DrainSettings.from(with(name, value == null ? "" : value)))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageStartingWith(name)
                .hasMessageNotContaining("password");
    }

    @ParameterizedTest
    @CsvSource({
        "mailer,https://lambda.eu-central-1.amazonaws.com/2015-03-31/functions/mailer/invocations",
        "arn:aws:lambda:us-east-1:123456789012:function:w,https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/"
                + "arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Aw/invocations",
        "arn:aws-cn:lambda:cn-north-1:123456789012:function:w,https://lambda.cn-north-1.amazonaws.com.cn/2015-03-31/functions/"
                + "arn%3Aaws-cn%3Alambda%3Acn-north-1%3A123456789012%3Afunction%3Aw/invocations"
    })
    void aFunctionHasTheEndpointOfItsRegion(String function, URI uri) {
        assertThat(DrainSettings.from(invoking(function, "AWS_REGION", "eu-central-1"))
                        .orElseThrow()
                        .destination())
                .isInstanceOfSatisfying(
                        FunctionDestination.class, one -> assertThat(one.uri()).isEqualTo(uri));
    }

    private static Map<String, String> invoking(String function, String name, String value) {
        return Map.of("GATEHOUSE_JOBS_TARGET_FUNCTION", function, "GATEHOUSE_JOBS_QUEUES", "mails", name, value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "two words",
                "work/../x",
                "arn:aws:lambda:eu-central-1:123456789012:layer:work",
                "arn:aws:lambda:eu-central-1:12:function:work",
                "é"
            })
    void aMalformedFunctionIsRefused(String function) {
        assertThatThrownBy(() -> DrainSettings.from(invoking(function, "AWS_REGION", "eu-central-1")))
                .isInstanceOf(InvalidSetting.class)
                .hasMessage("GATEHOUSE_JOBS_TARGET_FUNCTION must be the name or the ARN of a Lambda function");
    }

    @Test
    void aNameNeedsARegionAndAnEndpointAScheme() {
        assertThatThrownBy(() -> DrainSettings.from(invoking("work", "AWS_REGION", " ")))
                .isInstanceOf(InvalidSetting.class)
                .hasMessage("GATEHOUSE_JOBS_TARGET_FUNCTION needs an ARN, or AWS_REGION for a name");
        var environment = new HashMap<>(invoking("work", "AWS_REGION", "eu-central-1"));
        environment.put("AWS_ENDPOINT_URL", "localhost:4566");
        assertThatThrownBy(() -> DrainSettings.from(environment))
                .isInstanceOf(InvalidSetting.class)
                .hasMessage("AWS_ENDPOINT_URL must be a URL of https or http");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GATEHOUSE_JOBS_TARGET", "GATEHOUSE_JOBS_SECRET"})
    void aFunctionExcludesTheSettingsOfAUrl(String name) {
        assertThatThrownBy(() -> DrainSettings.from(invoking("work", name, SET.get(name))))
                .isInstanceOf(InvalidSetting.class)
                .hasMessage(name + " contradicts GATEHOUSE_JOBS_TARGET_FUNCTION: set one of them");
    }

    @Test
    void aSecretOfSecretsManagerIsReadWhenItIsNeeded() {
        var settings = DrainSettings.from(with(
                        "GATEHOUSE_JOBS_SECRET",
                        "arn:aws:secretsmanager:eu-central-1:111122223333:secret:gatehouse-jobs-AbCdEf"))
                .orElseThrow();

        assertThatThrownBy(() -> settings.destination().open())
                .isInstanceOf(InvalidSetting.class)
                .hasMessageStartingWith("GATEHOUSE_JOBS_SECRET names a secret that cannot be read");
    }
}
