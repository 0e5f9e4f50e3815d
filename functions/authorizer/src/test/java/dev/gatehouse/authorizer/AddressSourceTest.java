// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.redis.config.InvalidSetting;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressSourceTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "gateway|192.0.2.1, 192.0.2.2|10.0.0.1",
                "forwarded:1|192.0.2.1, 192.0.2.2|192.0.2.2",
                "forwarded:2|192.0.2.1, 192.0.2.2|192.0.2.1",
                "forwarded:2|192.0.2.1:99,[::ffff:192.0.2.2]:7|192.0.2.1",
                "forwarded:2|forged, 192.0.2.1, 192.0.2.2|192.0.2.1",
                "forwarded:1|forged, ::ffff:192.0.2.2|192.0.2.2",
                "forwarded:2|192.0.2.2|10.0.0.1",
                "forwarded:2|unknown, 192.0.2.2|10.0.0.1",
                "forwarded:2|, 192.0.2.2|10.0.0.1",
                "forwarded:2|-|10.0.0.1",
                "FORWARDED:2|2001:DB8::7, 192.0.2.2|2001:db8:0:0:0:0:0:0/64",
                "header:x-forwarded-for|192.0.2.1|192.0.2.1",
                "Header:X-Forwarded-For|192.0.2.1:443|192.0.2.1",
                "header:x-forwarded-for|192.0.2.1, 192.0.2.2|10.0.0.1",
                "header:x-forwarded-for|nobody|10.0.0.1",
                "header:x-forwarded-for|-|10.0.0.1",
                "header:cloudfront-viewer-address|192.0.2.1|10.0.0.1"
            })
    void findsTheAddressOrTakesThatOfTheConnection(String setting, String forwarded, String subject) {
        assertThat(subject(setting, forwarded == null ? List.of() : List.of(forwarded)))
                .isEqualTo(subject);
    }

    @ParameterizedTest
    @CsvSource({"forwarded:2, 192.0.2.1", "header:x-forwarded-for, 10.0.0.1"})
    void joinsARepeatedHeader(String setting, String subject) {
        assertThat(subject(setting, List.of("forged, 192.0.2.1", "192.0.2.2"))).isEqualTo(subject);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "proxy",
                "forwarded",
                "forwarded:",
                "forwarded:0",
                "forwarded:11",
                "forwarded:-1",
                "forwarded:two",
                "header",
                "header:",
                "header:a b",
                "header:a:b",
                "gateway:1",
                "gateway,forwarded:1"
            })
    void rejectsAMalformedSetting(String setting) {
        assertThatThrownBy(() -> AddressSource.parse("SETTING", setting))
                .isInstanceOf(InvalidSetting.class)
                .hasMessage("SETTING must be gateway, forwarded:<1 to 10> or header:<name>");
    }

    private static String subject(String setting, List<String> forwarded) {
        var headers = Map.of("x-forwarded-for", forwarded);
        var request = new GatewayRequest(
                "GET",
                "/",
                name -> headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()),
                List.of(),
                "10.0.0.1:4711");
        return ClientAddress.subject(AddressSource.parse("SETTING", setting).find(request), 64);
    }
}
