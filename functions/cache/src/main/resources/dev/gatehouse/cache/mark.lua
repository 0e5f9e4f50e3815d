-- SPDX-License-Identifier: Apache-2.0
-- Invalidates a scope, or tags in it, without touching their entries: writes marks that lookup and fill compare.
--
-- KEYS[1]  the head of the scope, see scope.lua
-- ARGV[1]  unused
-- ARGV[2]  1 to mark values stale, 0 to void them
-- ARGV[3]  1 for all entries of the scope, else 0
-- ARGV[4]… tags
-- Reply    packed: {"invalidated"}

local head, soft, all = KEYS[1], ARGV[2] == '1', ARGV[3] == '1'
local most = 1024

if all and not soft then
  -- Without a head all entries are missing, and the next head has another epoch.
  redis.call('DEL', head)
elseif redis.call('EXISTS', head) == 1 then
  if all then
    redis.call('HSET', head, 'soft', redis.call('HINCRBY', head, 'sequence', 1))
  end
  for i = 4, #ARGV do
    redis.call('HSET', head, (soft and 's:' or 'h:') .. ARGV[i], redis.call('HINCRBY', head, 'sequence', 1))
  end
  if redis.call('HLEN', head) > most then
    -- The floor replaces the older half of the marks.
    local floor = tonumber(redis.call('HGET', head, 'sequence')) - most / 2
    local fields = redis.call('HGETALL', head)
    for i = 1, #fields, 2 do
      if string.find(fields[i], '^[hs]:') and tonumber(fields[i + 1]) <= floor then
        redis.call('HDEL', head, fields[i])
      end
    end
    redis.call('HSET', head, 'floor', math.max(floor, tonumber(redis.call('HGET', head, 'floor') or 0)))
  end
end
return cmsgpack.pack('invalidated')
