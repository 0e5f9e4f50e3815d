-- The shared part of the lease scripts.
--
-- KEYS[1]  a sorted set of all leases of one name and subject. Each lease has two members: its id, with its end as the
--          score, and "#" followed by its id, with its fence below zero as the score. The member "#" has the last fence
--          below zero as its score: no score is lower, so it is the first. A lease is live until its end
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  id of the lease
-- Error    CORRUPT: these scripts did not write the value of the key; nothing was changed

-- include: clock.lua
local key, id = KEYS[1], ARGV[2]

-- Sets the expiry of the key to an hour after all leases have ended and now has passed every fence, see RedisLeases.java.
local function expire_after(last_fence)
  local latest = tonumber(redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')[2])
  redis.call('PEXPIRE', key, math.max(0, math.ceil((math.max(latest, last_fence) - now) / 1000)) + 3600000)
end

