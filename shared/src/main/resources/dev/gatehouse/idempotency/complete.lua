-- Keeps the result of the work, once, if the claim is the owner's.
--
-- KEYS[1]  the hash, as claim.lua keeps it
-- ARGV[1]  now in microseconds, 0 for Redis's own clock
-- ARGV[2]  the owner
-- ARGV[3]  how long the result is to be known, in microseconds; 0: as long as it was claimed for
-- ARGV[4]  the response, any bytes
-- Reply    {"recorded", completed at, when the key expires, fingerprint, 1 if this response is kept}; 0 if this owner had
--          completed with another before; if it had at all, nothing was changed
--          {"lost"}: the claim is not the owner's; nothing was changed
-- Error    CORRUPT: the key holds what these scripts did not write; nothing was changed

local now = tonumber(ARGV[1])
if now == 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
local key = KEYS[1]

local owner, fingerprint, lifetime, expires, completed_at =
  unpack(redis.call('HMGET', key, 'owner', 'fingerprint', 'lifetime', 'expires', 'completed_at'))
if not (owner and lifetime and expires) and redis.call('EXISTS', key) == 1 then
  return redis.error_reply('CORRUPT claim')
end
if owner ~= ARGV[2] or tonumber(expires) <= now then
  return {'lost'}
end
if completed_at then
  local as_given = redis.call('HGET', key, 'response') == ARGV[4] and 1 or 0
  return {'recorded', tonumber(completed_at), tonumber(expires), fingerprint, as_given}
end

if ARGV[3] ~= '0' then
  lifetime = ARGV[3]
end
expires = now + lifetime
redis.call('HSET', key, 'completed_at', now, 'expires', expires, 'response', ARGV[4])
redis.call('PEXPIRE', key, math.ceil((expires - now) / 1000))
return {'recorded', now, expires, fingerprint, 1}
