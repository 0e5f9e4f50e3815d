-- SPDX-License-Identifier: Apache-2.0
-- Claims the key for an owner if no other owner holds it; otherwise returns the state or the result of the work.
--
-- KEYS[1]  the record, see record.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  owner
-- ARGV[3]  fingerprint, '' for none
-- ARGV[4]  description of the claimant for other claimants
-- ARGV[5]  length of the lease in microseconds
-- ARGV[6]  lifetime of the record in microseconds
-- Reply    packed: {"claimed", end of the lease, expiry, attempt}
--          {"completed", completed at, expiry, fingerprint, response}
--          {"in-flight", claimed at, end of the lease, claimed by, microseconds until then}
--          Nothing was changed, unless the result or the lease begins again, see record.lua
--          {"reused"}: the fingerprints differ; nothing was changed
-- Error    CORRUPT, see record.lua

-- include: record.lua
local claimant, claimed_fingerprint = ARGV[2], ARGV[3]
local next_attempt, latest = 1, 0

if state then
  if fingerprint ~= '' and claimed_fingerprint ~= '' and fingerprint ~= claimed_fingerprint then
    return cmsgpack.pack('reused')
  end
  if begins_again then
    -- Stored, or it would begin again with each later claim.
    redis.call('SET', key, state == 2 and cmsgpack.pack(2, owner, fingerprint, expires, at, data)
      or cmsgpack.pack(1, owner, fingerprint, expires, at, data, attempt, lease, lifetime, extended),
      'PX', math.ceil((expires - now) / 1000))
  end
  if state == 2 then
    return cmsgpack.pack('completed', at, expires, fingerprint, data)
  end
  if lease > now then
    if owner ~= claimant then
      return cmsgpack.pack('in-flight', at, lease, data, lease - now)
    end
    return cmsgpack.pack('claimed', lease, expires, attempt)
  end
  next_attempt, latest = attempt + 1, expires
  if claimed_fingerprint == '' then
    claimed_fingerprint = fingerprint
  end
end

lease, lifetime = now + ARGV[5], tonumber(ARGV[6])
expires = math.max(latest, lease, now + lifetime)
redis.call('SET', key,
  cmsgpack.pack(1, claimant, claimed_fingerprint, expires, now, ARGV[4], next_attempt, lease, lifetime),
  'PX', math.ceil((expires - now) / 1000))
return cmsgpack.pack('claimed', lease, expires, next_attempt)
