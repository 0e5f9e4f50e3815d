-- Tells what is known of a key. Changes nothing.
--
-- KEYS[1]  the hash, as claim.lua keeps it
-- ARGV[1]  now in microseconds, 0 for Redis's own clock
-- Reply    {"absent"}
--          {"in-flight", claimed at, the lease's end, claimed by, when the key expires, attempt}
--          {"completed", completed at, when the key expires, fingerprint, response}
-- Error    CORRUPT: the key holds what these scripts did not write

local now = tonumber(ARGV[1])
if now == 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
local key = KEYS[1]

local owner, known, attempt, claimed_at, claimed_by, lease, expires, completed_at, response = unpack(redis.call('HMGET',
  key, 'owner', 'fingerprint', 'attempt', 'claimed_at', 'claimed_by', 'lease', 'expires', 'completed_at', 'response'))
if not (owner and known and expires) then
  if redis.call('EXISTS', key) == 1 then
    return redis.error_reply('CORRUPT claim')
  end
  return {'absent'}
end
expires = tonumber(expires)
if expires <= now then
  return {'absent'}
end
if completed_at then
  return {'completed', tonumber(completed_at), expires, known, response}
end
return {'in-flight', tonumber(claimed_at), tonumber(lease), claimed_by, expires, tonumber(attempt)}
