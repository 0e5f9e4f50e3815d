-- SPDX-License-Identifier: Apache-2.0
-- Checks one GCRA limit: the minimum of a rate limiter.
-- KEYS[1] the limit; ARGV[1] emission interval and ARGV[2] burst tolerance, both in microseconds
-- Reply   1 if admitted, else 0
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval, tolerance = tonumber(ARGV[1]), tonumber(ARGV[2])
local tat = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now) + interval
if tat - tolerance > now then
  return 0
end
redis.call('SET', KEYS[1], string.format('%.0f', tat), 'PX', math.ceil((tat - now) / 1000))
return 1
