-- Gives the work to whoever asks if nobody has it, or tells who has, or its result.
--
-- KEYS[1]  a hash of what is known of one idempotency key: owner, fingerprint ('' for none), attempt, claimed_at,
--          claimed_by, lease (its end), lifetime (as asked for), expires; and once completed, completed_at and response.
--          Times are in microseconds. A hash that has expired by now is as none, though Redis may have it still
-- ARGV[1]  now in microseconds, 0 for Redis's own clock
-- ARGV[2]  the owner
-- ARGV[3]  the fingerprint, '' for none
-- ARGV[4]  what others are told of the claimant
-- ARGV[5]  how long the lease is to last, in microseconds
-- ARGV[6]  how long the key is to be known, in microseconds
-- Reply    {"claimed", the lease's end, when the key expires, attempt}
--          {"completed", completed at, when the key expires, fingerprint, response}; nothing was changed
--          {"in-flight", claimed at, the lease's end, claimed by, microseconds until then}; nothing was changed
--          {"reused"}: the fingerprint is another; nothing was changed
-- Error    CORRUPT: the key holds what these scripts did not write; nothing was changed

local now = tonumber(ARGV[1])
if now == 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
local key, asker, fingerprint = KEYS[1], ARGV[2], ARGV[3]

local owner, known, attempt, claimed_at, claimed_by, lease, expires, completed_at = unpack(redis.call('HMGET', key,
  'owner', 'fingerprint', 'attempt', 'claimed_at', 'claimed_by', 'lease', 'expires', 'completed_at'))
if not (owner and known and expires) and redis.call('EXISTS', key) == 1 then
  return redis.error_reply('CORRUPT claim')
end

expires = tonumber(expires or 0)
if expires > now then
  if known ~= '' and fingerprint ~= '' and known ~= fingerprint then
    return {'reused'}
  end
  if completed_at then
    return {'completed', tonumber(completed_at), expires, known, redis.call('HGET', key, 'response')}
  end
  lease = tonumber(lease)
  if lease > now then
    if owner ~= asker then
      return {'in-flight', tonumber(claimed_at), lease, claimed_by, lease - now}
    end
    return {'claimed', lease, expires, tonumber(attempt)}
  end
  attempt = attempt + 1
  if fingerprint == '' then
    fingerprint = known
  end
else
  redis.call('DEL', key)
  attempt, expires = 1, 0
end

lease = now + ARGV[5]
expires = math.max(expires, lease, now + ARGV[6])
redis.call('HSET', key, 'owner', asker, 'fingerprint', fingerprint, 'attempt', attempt, 'claimed_at', now,
  'claimed_by', ARGV[4], 'lease', lease, 'lifetime', ARGV[6], 'expires', expires)
redis.call('PEXPIRE', key, math.ceil((expires - now) / 1000))
return {'claimed', lease, expires, attempt}
