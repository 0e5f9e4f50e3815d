-- Has the lease last longer, if the claim is the owner's. Never shortens it.
--
-- KEYS[1]  the record, as claim.lua describes it
-- ARGV[1]  now in microseconds, 0 for Redis's own clock
-- ARGV[2]  the owner
-- ARGV[3]  how long it is to last from now, in microseconds
-- Reply    packed: {"extended", its end}
--          {"lost"}: the claim is not the owner's, or is completed; nothing was changed
-- Error    CORRUPT: the key holds what these scripts did not write; nothing was changed

local now = tonumber(ARGV[1])
if now == 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
local key = KEYS[1]

local record = redis.call('GET', key)
if not record then
  return cmsgpack.pack('lost')
end
local state, owner, fingerprint, expires, at, told, attempt, lease, lifetime = cmsgpack.unpack(record)
if not (state == 1 and lifetime or state == 2 and told) then
  return redis.error_reply('CORRUPT claim')
end
if owner ~= ARGV[2] or state == 2 or expires <= now then
  return cmsgpack.pack('lost')
end
lease = math.max(lease, now + ARGV[3])
expires = math.max(expires, lease)
redis.call('SET', key, cmsgpack.pack(1, owner, fingerprint, expires, at, told, attempt, lease, lifetime),
  'PX', math.ceil((expires - now) / 1000))
return cmsgpack.pack('extended', lease)
