-- Gives the work back undone, if the claim is the owner's.
--
-- KEYS[1]  the hash, as claim.lua keeps it
-- ARGV[1]  now in microseconds, 0 for Redis's own clock
-- ARGV[2]  the owner
-- Reply    {"released"}: nobody has claimed the key
--          {"absent"}: the same, and so it was before
--          {"lost"}: the work is done, or another's; nothing was changed
-- Error    CORRUPT: the key holds what these scripts did not write; nothing was changed

local now = tonumber(ARGV[1])
if now == 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
local key = KEYS[1]

local owner, expires, completed_at = unpack(redis.call('HMGET', key, 'owner', 'expires', 'completed_at'))
if not (owner and expires) then
  if redis.call('EXISTS', key) == 1 then
    return redis.error_reply('CORRUPT claim')
  end
  return {'absent'}
end
if tonumber(expires) <= now then
  return {'absent'}
end
if completed_at or owner ~= ARGV[2] then
  return {'lost'}
end
redis.call('DEL', key)
return {'released'}
