-- Ends a lease. The last fence stays.
--
-- KEYS[1]  the leases, as lease-acquire.lua keeps them
-- ARGV[1]  now in microseconds, 0 for Redis's own clock
-- ARGV[2]  the lease's id
-- Reply    {"released"}
--          {"absent"}: it has ended, was released or was never granted; nothing was changed
-- Error    CORRUPT: the key holds what these scripts did not write; nothing was changed

local now = tonumber(ARGV[1])
if now == 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
local key, id = KEYS[1], ARGV[2]

if tonumber(redis.call('ZSCORE', key, id) or 0) <= now then
  return {'absent'}
end
local last_fence = redis.call('ZSCORE', key, '#')
if not last_fence then
  return redis.error_reply('CORRUPT leases')
end
redis.call('ZREM', key, id, '#' .. id)

-- What remains may be needed for less long now, but never less than an hour.
local latest = tonumber(redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')[2])
redis.call('PEXPIRE', key, math.max(0, math.ceil((math.max(latest, -last_fence) - now) / 1000)) + 3600000)
return {'released'}
