-- SPDX-License-Identifier: Apache-2.0
-- Writes a list that expires, reads it from both ends and deletes it.
--
-- KEYS[1]  a key used by this check only
-- ARGV[1]  unused
-- Reply    {"as-expected"} or {"otherwise"}

redis.call('RPUSH', KEYS[1], 'first', 'second', 'third')
redis.call('PEXPIRE', KEYS[1], 10000)
local first = redis.call('LPOP', KEYS[1])
local rest = redis.call('LRANGE', KEYS[1], 0, -1)
redis.call('DEL', KEYS[1])
return {first == 'first' and #rest == 2 and rest[2] == 'third' and 'as-expected' or 'otherwise'}
