-- SPDX-License-Identifier: Apache-2.0
-- Writes a sorted set that expires, reads it by score and deletes it.
--
-- KEYS[1]  a key used by this check only
-- ARGV[1]  unused
-- Reply    {"as-expected"} or {"otherwise"}

redis.call('ZADD', KEYS[1], 1, 'first', 2, 'second')
redis.call('PEXPIRE', KEYS[1], 10000)
local found = redis.call('ZRANGEBYSCORE', KEYS[1], 2, '+inf')
local held = redis.call('ZCARD', KEYS[1])
redis.call('DEL', KEYS[1])
return {held == 2 and #found == 1 and found[1] == 'second' and 'as-expected' or 'otherwise'}
