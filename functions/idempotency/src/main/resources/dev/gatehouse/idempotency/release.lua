-- Gives the work back undone, if the claim is the owner's.
--
-- KEYS[1]  the record, as claim.lua describes it
-- ARGV[1]  now in microseconds, 0 for Redis's own clock
-- ARGV[2]  the owner
-- Reply    packed: {"released"}: nobody has claimed the key
--          {"absent"}: the same, and so it was before
--          {"lost"}: the work is done, or another's; nothing was changed
-- Error    CORRUPT: the key holds what these scripts did not write; nothing was changed

local now = tonumber(ARGV[1])
if now == 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
local key = KEYS[1]

local record = redis.call('GET', key)
if not record then
  return cmsgpack.pack('absent')
end
local state, owner, _, expires, _, told, _, _, lifetime = cmsgpack.unpack(record)
if not (state == 1 and lifetime or state == 2 and told) then
  return redis.error_reply('CORRUPT claim')
end
if expires <= now then
  return cmsgpack.pack('absent')
end
if state == 2 or owner ~= ARGV[2] then
  return cmsgpack.pack('lost')
end
redis.call('DEL', key)
return cmsgpack.pack('released')
