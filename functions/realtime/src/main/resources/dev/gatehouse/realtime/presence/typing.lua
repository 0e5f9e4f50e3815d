-- SPDX-License-Identifier: Apache-2.0
-- Begins, continues or stops typing.
--
-- KEYS     see presence.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  user id
-- ARGV[3]  connection id
-- ARGV[4]  1 to type, 0 to stop
-- ARGV[5]  time in microseconds after which typing ends
-- ARGV[6]  maximum number of users in the reply
-- Reply    packed: {"typing", 1 if the user began or stopped, else 0, users who type …}
-- Error    CORRUPT, see presence.lua

-- include: presence.lua
local user, types = ARGV[2], ARGV[4] == '1'

local live, _, since = connections(user)
if since == false then
  return redis.error_reply('CORRUPT presence')
end
for _, ended in ipairs(redis.call('ZRANGEBYSCORE', typists, '-inf', now, 'LIMIT', 0, 100)) do
  redis.call('ZREM', typists, ended)
end
local changed = false
if live and live[ARGV[3]] then
  local its_end = tonumber(redis.call('ZSCORE', typists, user) or 0)
  changed = types ~= (its_end > now)
  if types then
    -- Typing ends with the presence of the user.
    local last = 0
    for _, connection_end in pairs(live) do
      last = math.max(last, connection_end)
    end
    redis.call('ZADD', typists, math.min(now + ARGV[5], last), user)
  else
    redis.call('ZREM', typists, user)
  end
end
local last = redis.call('ZRANGE', typists, -1, -1, 'WITHSCORES')[2]
if last then
  redis.call('PEXPIRE', typists, math.max(1, math.ceil((tonumber(last) - now) / 1000)))
end
local typing = redis.call('ZRANGEBYSCORE', typists, now + 1, '+inf', 'LIMIT', 0, ARGV[6])
return cmsgpack.pack('typing', changed and 1 or 0, unpack(typing))
