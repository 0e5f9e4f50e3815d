-- SPDX-License-Identifier: Apache-2.0
-- The shared part of the lease scripts.
--
-- KEYS[1]  a sorted set of all leases of one name and subject. Each lease has two members: its id, with its end as the
--          score, and "#" followed by its id, with its fence below zero as the score. The member "#" has the last fence
--          below zero as its score, or almost the time of a later extension. The member "@", if present, has the total of
--          the steps back below zero as its score
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- Error    CORRUPT: these scripts did not write the value of the key; nothing was changed
--
-- A lease is live until its end. The time of ends is the clock plus the total of the steps back: if the clock goes back by
-- more than a minute, it continues from the last fence, so that a lease lasts no longer for the step.

-- include: clock.lua
local key = KEYS[1]
local last_fence = -(redis.call('ZSCORE', key, '#') or 0)
if last_fence == 0 and redis.call('EXISTS', key) == 1 then
  return redis.error_reply('CORRUPT leases')
end
local stepped = -(redis.call('ZSCORE', key, '@') or 0)
now = now + stepped

-- Sets the expiry of the key to an hour after all leases have ended and the clock has passed every fence, see
-- RedisLeases.java.
local function expire()
  local latest = tonumber(redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')[2])
  local life = math.max(0, latest - now, last_fence - now + stepped)
  redis.call('PEXPIRE', key, math.ceil(life / 1000) + 3600000)
end

if now < last_fence - 60000000 then
  stepped, now = stepped + last_fence - now, last_fence
  redis.call('ZADD', key, -stepped, '@')
  expire()
end

