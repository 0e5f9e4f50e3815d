// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.lettuce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.redis.lettuce.CommandFailure.Kind;
import io.lettuce.core.RedisCommandExecutionException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The codes of errors, from the texts of several versions of Redis. */
class CommandFailureTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # Redis 6.2
            NOPERM   | NOPERM this user has no permissions to run the 'evalsha' command or its subcommand
            NOPERM   | ERR Error running script (call to f_e1): @user_script:6: @user_script: 6: -The user executing the script can't run this command or subcommand
            NOPERM   | ERR Error running script (call to f_e1): @user_script:6: @user_script: 6: -The user executing the script can't access at least one of the keys mentioned in the command arguments
            OOM      | ERR Error running script (call to f_e1): @user_script:1: @user_script: 1: -OOM command not allowed when used memory > 'maxmemory'.
            ERR      | ERR Error compiling script (new function): user_script:1: '=' expected near 'x'
            # Redis 7.0
            NOPERM   | ERR The user executing the script can't run this command or subcommand script: e1, on @user_script:1.
            WRONGTYPE| WRONGTYPE Operation against a key holding the wrong kind of value script: e1, on @user_script:1.
            # Redis 8.2 and Valkey 8.1
            NOPERM   | ERR ACL failure in script: User app has no permissions to run the 'hset' command script: e1, on @user_script:1.
            NOPERM   | ERR ACL failure in script: No permissions to access a key script: e1, on @user_script:1.
            ERR      | ERR Unknown Redis command called from script script: e1, on @user_script:1.
            # Valkey 9.1
            NOPERM   | ERR ACL failure in script: User app has no permissions to run the 'hset' command script: on @user_script:1.
            NOPERM   | NOPERM User app has no permissions to run the 'hset' command
            """)
    void aRejectionHasTheCodeOfRedis(String code, String error) {
        assertThat(CommandFailure.of(new RedisCommandExecutionException(error)))
                .isEqualTo(new CommandFailure(Kind.REFUSED, code));
    }
}
