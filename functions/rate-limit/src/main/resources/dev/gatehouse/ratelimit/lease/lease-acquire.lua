-- Grants a lease if fewer than the limit are live, or tells again of the one that this id holds.
--
-- KEYS[1]  a sorted set of all leases of one name and subject. Each has two members: its id, scored by its end, and
--          "#" and its id, scored by its fence below zero. The member "#" alone is scored by the last fence, below zero
--          too: no other is less, so it comes first and needs no search. A lease is live until now reaches its end
-- ARGV[1]  now in microseconds, 0 for Redis's own clock
-- ARGV[2]  the lease's id
-- ARGV[3]  how many may be live
-- ARGV[4]  how long it is to last, in microseconds
-- Reply    {"granted", its fence, its end, how many are live now}
--          {"exhausted", how many are live now, in how many microseconds one would be granted}; nothing was changed
-- Error    CORRUPT: the key holds what these scripts did not write; nothing was changed

local now = tonumber(ARGV[1])
if now == 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
local key, id, limit = KEYS[1], ARGV[2], tonumber(ARGV[3])

local least = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
if least[1] and least[1] ~= '#' then
  return redis.error_reply('CORRUPT leases')
end
local in_use = redis.call('ZCOUNT', key, now + 1, '+inf')

local ends = tonumber(redis.call('ZSCORE', key, id) or 0)
if ends > now then
  return {'granted', -redis.call('ZSCORE', key, '#' .. id), ends, in_use}
end
if in_use >= limit then
  -- Room is made when as many as the limit are left: by the end that has limit - 1 after it.
  return {'exhausted', in_use, redis.call('ZRANGE', key, -limit, -limit, 'WITHSCORES')[2] - now}
end

-- What has ended is cleared away, more than is added but never so much that others would wait for it.
local ended = redis.call('ZRANGEBYSCORE', key, 0, now, 'LIMIT', 0, 50)
for i = #ended, 1, -1 do
  ended[#ended + 1] = '#' .. ended[i]
end
if #ended > 0 then
  redis.call('ZREM', key, unpack(ended))
end

local fence = math.max(now, 1 - (least[2] or 0))
ends = now + ARGV[4]
redis.call('ZADD', key, -fence, '#', -fence, '#' .. id, ends, id)

-- The key outlives every lease and, by an hour, the time at which now has passed every fence (see RedisLeases.java).
local latest = tonumber(redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')[2])
redis.call('PEXPIRE', key, math.ceil((math.max(latest, fence) - now) / 1000) + 3600000)
return {'granted', fence, ends, in_use + 1}
