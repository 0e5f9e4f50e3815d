-- Tells what is known of a key. Changes nothing.
--
-- KEYS[1]  the record, as claim.lua describes it
-- ARGV[1]  now in microseconds, 0 for Redis's own clock
-- Reply    packed: {"absent"}
--          {"in-flight", claimed at, the lease's end, claimed by, when the key expires, attempt}
--          {"completed", completed at, when the key expires, fingerprint, response}
-- Error    CORRUPT: the key holds what these scripts did not write

local now = tonumber(ARGV[1])
if now == 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end

local record = redis.call('GET', KEYS[1])
if not record then
  return cmsgpack.pack('absent')
end
local state, _, fingerprint, expires, at, told, attempt, lease, lifetime = cmsgpack.unpack(record)
if not (state == 1 and lifetime or state == 2 and told) then
  return redis.error_reply('CORRUPT claim')
end
if expires <= now then
  return cmsgpack.pack('absent')
end
if state == 2 then
  return cmsgpack.pack('completed', at, expires, fingerprint, told)
end
return cmsgpack.pack('in-flight', at, lease, told, expires, attempt)
