-- Gives the work to whoever asks if nobody has it, or tells who has, or its result.
--
-- KEYS[1]  what is known of one idempotency key, packed: the state, owner, fingerprint ('' for none), when it expires; then,
--          if the state is 1, in flight: claimed at, claimed by, attempt, the lease's end, the lifetime as asked for;
--          if it is 2, completed: completed at, the response.
--          Times are in microseconds. A record that has expired by now is as none, though Redis may have it still
-- ARGV[1]  now in microseconds, 0 for Redis's own clock
-- ARGV[2]  the owner
-- ARGV[3]  the fingerprint, '' for none
-- ARGV[4]  what others are told of the claimant
-- ARGV[5]  how long the lease is to last, in microseconds
-- ARGV[6]  how long the key is to be known, in microseconds
-- Reply    packed: {"claimed", the lease's end, when the key expires, attempt}
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
local attempt, expires = 1, 0

local record = redis.call('GET', key)
if record then
  local state, owner, known, ends, at, told, count, lease, lifetime = cmsgpack.unpack(record)
  if not (state == 1 and lifetime or state == 2 and told) then
    return redis.error_reply('CORRUPT claim')
  end
  if ends > now then
    if known ~= '' and fingerprint ~= '' and known ~= fingerprint then
      return cmsgpack.pack('reused')
    end
    if state == 2 then
      return cmsgpack.pack('completed', at, ends, known, told)
    end
    if lease > now then
      if owner ~= asker then
        return cmsgpack.pack('in-flight', at, lease, told, lease - now)
      end
      return cmsgpack.pack('claimed', lease, ends, count)
    end
    attempt, expires = count + 1, ends
    if fingerprint == '' then
      fingerprint = known
    end
  end
end

local lease, lifetime = now + ARGV[5], tonumber(ARGV[6])
expires = math.max(expires, lease, now + lifetime)
redis.call('SET', key, cmsgpack.pack(1, asker, fingerprint, expires, now, ARGV[4], attempt, lease, lifetime),
  'PX', math.ceil((expires - now) / 1000))
return cmsgpack.pack('claimed', lease, expires, attempt)
