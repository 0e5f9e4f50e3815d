-- Has a live lease last longer. Never shortens it.
--
-- KEYS[1]  the leases, as lease-acquire.lua keeps them
-- ARGV[1]  now in microseconds, 0 for Redis's own clock
-- ARGV[2]  the lease's id
-- ARGV[3]  how long it is to last from now, in microseconds
-- Reply    {"extended", its fence, its end}
--          {"lost"}: it has ended, was released or was never granted; nothing was changed
-- Error    CORRUPT: the key holds what these scripts did not write; nothing was changed

local now = tonumber(ARGV[1])
if now == 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
local key, id = KEYS[1], ARGV[2]

local ends = tonumber(redis.call('ZSCORE', key, id) or 0)
if ends <= now then
  return {'lost'}
end
local fence, last_fence = redis.call('ZSCORE', key, '#' .. id), redis.call('ZSCORE', key, '#')
if not (fence and last_fence) then
  return redis.error_reply('CORRUPT leases')
end
ends = math.max(ends, now + ARGV[3])
redis.call('ZADD', key, ends, id)

local latest = tonumber(redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')[2])
redis.call('PEXPIRE', key, math.ceil((math.max(latest, -last_fence) - now) / 1000) + 3600000)
return {'extended', -fence, ends}
