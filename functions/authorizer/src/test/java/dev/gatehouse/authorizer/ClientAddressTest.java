// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientAddressTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "203.0.113.9",
                "203.0.113.9:1001",
                "203.0.113.9:1002",
                "::ffff:203.0.113.9",
                "[::ffff:203.0.113.9]:443",
                "::FFFF:cb00:7109",
                " 203.0.113.9 "
            })
    void allSpellingsOfAnIpv4AddressAreOneSubject(String text) {
        assertThat(ClientAddress.subject(text, 64)).isEqualTo("203.0.113.9");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2001:db8::1",
                "2001:DB8:0:0::2",
                "2001:0db8:0000:0000:ffff:ffff:ffff:ffff",
                "[2001:db8::1]",
                "[2001:db8::1]:443",
                "2001:db8:0:0:1:2:3:4:443",
                "2001:db8::1:46532",
                "2001:db8::1%eth0"
            })
    void anIpv6AddressCountsForItsNetwork(String text) {
        assertThat(ClientAddress.subject(text, 64)).isEqualTo("2001:db8:0:0:0:0:0:0/64");
    }

    @ParameterizedTest
    @CsvSource({
        "128, 2001:db8:1:2:3:4:5:ff/128",
        "64, 2001:db8:1:2:0:0:0:0/64",
        "57, 2001:db8:1:0:0:0:0:0/57",
        "48, 2001:db8:1:0:0:0:0:0/48",
        "1, 0:0:0:0:0:0:0:0/1"
    })
    void theLengthOfTheNetworkIsConfigurable(int prefix, String subject) {
        assertThat(ClientAddress.subject("2001:db8:1:2:3:4:5:ff", prefix)).isEqualTo(subject);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "unix:", "localhost", "203.0.113.256", "[", "[]", ":", "::1::2", "a:b"})
    void aTextThatIsNoAddressIsItsOwnSubject(String text) {
        assertThat(ClientAddress.subject(text, 64)).isEqualTo(text);
    }
}
