-- SPDX-License-Identifier: Apache-2.0
-- Runs each kind of command that the functions use, in the clock mode in force. Fails with the error of the first that Redis
-- rejects.
--
-- KEYS[1]  a key used by this check only; it is deleted
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- Reply    {"as-expected"} or {"otherwise"}

-- include: clock.lua

local key = KEYS[1]

-- A write that needs memory is first: Redis checks its memory limit before the first write of a script only.
redis.call('SET', key, 'gatehouse', 'PX', 1000)
local text = redis.call('GET', key)
-- These precede the other types of values, so that a user without the right to them leaves no key without an expiry.
redis.call('PEXPIRE', key, 1000)
local millis = redis.call('PTTL', key)
redis.call('DEL', key)

redis.call('HSET', key, 'field', 'gatehouse')
redis.call('PEXPIRE', key, 1000)
local field = redis.call('HGET', key, 'field')
redis.call('DEL', key)

redis.call('ZADD', key, 1, 'gatehouse')
redis.call('PEXPIRE', key, 1000)
local score = redis.call('ZSCORE', key, 'gatehouse')
redis.call('DEL', key)

redis.call('XADD', key, '0-1', 'field', 'gatehouse')
redis.call('PEXPIRE', key, 1000)
local entries = redis.call('XRANGE', key, '-', '+')
redis.call('DEL', key)

-- Optional, because readers that are not woken read from time to time.
redis.pcall('PUBLISH', key, '')

local passed = now > 0 and text == 'gatehouse' and millis > 0 and field == 'gatehouse' and score == '1' and #entries == 1
return {passed and 'as-expected' or 'otherwise'}
