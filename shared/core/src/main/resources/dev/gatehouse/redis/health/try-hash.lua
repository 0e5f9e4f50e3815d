-- SPDX-License-Identifier: Apache-2.0
-- Writes a hash that expires, increments a field, reads and deletes it.
--
-- KEYS[1]  a key used by this check only
-- ARGV[1]  unused
-- Reply    {"as-expected"} or {"otherwise"}

redis.call('HSET', KEYS[1], 'field', 'gatehouse', 'count', 1)
redis.call('PEXPIRE', KEYS[1], 10000)
redis.call('HINCRBY', KEYS[1], 'count', 1)
local field, count = unpack(redis.call('HMGET', KEYS[1], 'field', 'count'))
redis.call('DEL', KEYS[1])
return {field == 'gatehouse' and count == '2' and 'as-expected' or 'otherwise'}
