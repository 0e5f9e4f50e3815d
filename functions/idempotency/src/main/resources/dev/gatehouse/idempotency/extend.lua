-- SPDX-License-Identifier: Apache-2.0
-- Extends the lease if the owner holds the claim. Never shortens it, except that its end goes back with the clock.
--
-- KEYS[1]  the record, see record.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  owner
-- ARGV[3]  length of the lease from now, in microseconds
-- Reply    packed: {"extended", end of the lease}
--          {"lost"}: the owner does not hold the claim, or the work is completed; nothing was changed
-- Error    CORRUPT, see record.lua

-- include: record.lua

if state ~= 1 or owner ~= ARGV[2] then
  return cmsgpack.pack('lost')
end
-- Otherwise the steps back between extensions would add up.
local step = math.max(0, (extended or at) - now)
lease, extended = math.max(lease - step, now + ARGV[3]), now
expires = math.max(expires, lease)
redis.call('SET', key, cmsgpack.pack(1, owner, fingerprint, expires, at, data, attempt, lease, lifetime, extended),
  'PX', math.ceil((expires - now) / 1000))
return cmsgpack.pack('extended', lease)
