-- SPDX-License-Identifier: Apache-2.0
-- Reads the time, writes a string that expires, reads and deletes it.
--
-- KEYS[1]  a key used by this check only
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- Reply    {"as-expected"} or {"otherwise"}

-- include: clock.lua

redis.call('SET', KEYS[1], 'gatehouse', 'PX', 10000)
local read = redis.call('GET', KEYS[1])
redis.call('DEL', KEYS[1])
return {now > 0 and read == 'gatehouse' and 'as-expected' or 'otherwise'}
