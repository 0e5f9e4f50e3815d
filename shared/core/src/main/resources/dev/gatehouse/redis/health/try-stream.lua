-- SPDX-License-Identifier: Apache-2.0
-- Writes a stream that expires, reads it from an id and deletes it.
--
-- KEYS[1]  a key used by this check only
-- ARGV[1]  unused
-- Reply    {"as-expected"} or {"otherwise"}

redis.call('XADD', KEYS[1], '0-1', 'value', 'first')
redis.call('PEXPIRE', KEYS[1], 10000)
redis.call('XADD', KEYS[1], '0-2', 'value', 'second')
local found = redis.call('XRANGE', KEYS[1], '0-2', '+')
local held = redis.call('XLEN', KEYS[1])
redis.call('DEL', KEYS[1])
return {held == 2 and #found == 1 and found[1][2][2] == 'second' and 'as-expected' or 'otherwise'}
