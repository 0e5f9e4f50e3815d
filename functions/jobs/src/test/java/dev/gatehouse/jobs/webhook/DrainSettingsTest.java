package dev.gatehouse.jobs.webhook;

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

        assertThat(settings.target()).isEqualTo(URI.create("https://api.example.org/work"));
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

    @Test
    void aSecretOfSecretsManagerIsReadWhenItIsNeeded() {
        var settings = DrainSettings.from(with(
                        "GATEHOUSE_JOBS_SECRET",
                        "arn:aws:secretsmanager:eu-central-1:111122223333:secret:gatehouse-jobs-AbCdEf"))
                .orElseThrow();

        assertThatThrownBy(() -> settings.secret().get())
                .isInstanceOf(InvalidSetting.class)
                .hasMessageStartingWith("GATEHOUSE_JOBS_SECRET names a secret that cannot be read");
    }
}
