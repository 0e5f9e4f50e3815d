-- Keeps the result of the work, once, if the claim is the owner's.
--
-- KEYS[1]  the record, as claim.lua describes it
-- ARGV[1]  now in microseconds, 0 for Redis's own clock
-- ARGV[2]  the owner
-- ARGV[3]  how long the result is to be known, in microseconds; 0: as long as it was claimed for
-- ARGV[4]  the response, any bytes
-- Reply    packed: {"recorded", completed at, when the key expires, fingerprint, 1 if this response is kept}; 0 if this owner had
--          completed with another before; if it had at all, nothing was changed
--          {"lost"}: the claim is not the owner's; nothing was changed
-- Error    CORRUPT: the key holds what these scripts did not write; nothing was changed

local now = tonumber(ARGV[1])
if now == 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
local key, response = KEYS[1], ARGV[4]

local record = redis.call('GET', key)
if not record then
  return cmsgpack.pack('lost')
end
local state, owner, fingerprint, expires, at, told, _, _, lifetime = cmsgpack.unpack(record)
if not (state == 1 and lifetime or state == 2 and told) then
  return redis.error_reply('CORRUPT claim')
end
if owner ~= ARGV[2] or expires <= now then
  return cmsgpack.pack('lost')
end
if state == 2 then
  return cmsgpack.pack('recorded', at, expires, fingerprint, told == response and 1 or 0)
end

if ARGV[3] ~= '0' then
  lifetime = tonumber(ARGV[3])
end
redis.call('SET', key, cmsgpack.pack(2, owner, fingerprint, now + lifetime, now, response),
  'PX', math.ceil(lifetime / 1000))
return cmsgpack.pack('recorded', now, now + lifetime, fingerprint, 1)
