-- SPDX-License-Identifier: Apache-2.0
-- Grants a lease if fewer than the limit are live. Repeats the reply for a live lease with the same id.
--
-- KEYS[1]  the leases, see leases.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  id of the lease
-- ARGV[3]  limit of live leases
-- ARGV[4]  length of the lease in microseconds
-- Reply    {"granted", fence, end, number of live leases}
--          {"exhausted", number of live leases, microseconds until one would be granted}; nothing was changed
-- Error    CORRUPT, see leases.lua

-- include: leases.lua
local id, limit = ARGV[2], tonumber(ARGV[3])

local in_use = redis.call('ZCOUNT', key, now + 1, '+inf')
local ends = tonumber(redis.call('ZSCORE', key, id) or 0)
if ends > now then
  return {'granted', -redis.call('ZSCORE', key, '#' .. id), ends - stepped, in_use}
end
if in_use >= limit then
  -- There is room when limit - 1 leases are left: at the end of the limit-th lease, counted from the last to end.
  return {'exhausted', in_use, redis.call('ZRANGE', key, -limit, -limit, 'WITHSCORES')[2] - now}
end

-- Removes ended leases in small batches, so that other clients need not wait.
local ended = redis.call('ZRANGEBYSCORE', key, 0, now, 'LIMIT', 0, 50)
for i = #ended, 1, -1 do
  ended[#ended + 1] = '#' .. ended[i]
end
if #ended > 0 then
  redis.call('ZREM', key, unpack(ended))
end

last_fence = math.max(now, last_fence + 1)
ends = now + ARGV[4]
redis.call('ZADD', key, -last_fence, '#', -last_fence, '#' .. id, ends, id)
expire()
return {'granted', last_fence, ends - stepped, in_use + 1}
