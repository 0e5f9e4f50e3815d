-- SPDX-License-Identifier: Apache-2.0
-- Stores the value that the owner of the lease has loaded, unless an invalidation has voided the load. Ends the lease.
--
-- KEYS     see scope.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  owner
-- ARGV[3]  fresh time in microseconds
-- ARGV[4]  lifetime in microseconds, at least the fresh time
-- ARGV[5]  value, any bytes
-- ARGV[6]… tags, only with a scope
-- Reply    packed: {"filled", end of the fresh time, expiry}; a repetition by this owner changes nothing
--          {"taken"}, {"invalidated"} or {"ended"}: why the owner has no lease; the value was not stored

-- include: scope.lua
-- include: entry.lua
-- include: lease.lua
local owner, tags = ARGV[2], {unpack(ARGV, 6)}
read_scope(tags)
read_lease()

if lease.owner ~= owner or (lease.state ~= 'loading' and lease.state ~= 'filled') then
  local reason = was_voided(owner, 'invalidated') and 'invalidated'
    or (was_voided(owner, 'taken') or lease.state == 'loading' and lease.owner ~= owner) and 'taken' or 'ended'
  return cmsgpack.pack(reason)
end
if lease.epoch ~= epoch or lease.sequence < math.max(hard_mark, soft_mark) then
  void_lease()
  return cmsgpack.pack('invalidated')
end
if lease.state == 'loading' then
  lease.fresh_until, lease.expires = now + ARGV[3], now + ARGV[4]
  write_entry({epoch = epoch, sequence = lease.sequence, fresh_until = lease.fresh_until, expires = lease.expires,
    load = math.max(now - lease.granted, 0), tags = tags, value = ARGV[5]})
  lease.state, lease.ends = 'filled', 0
  write_lease()
end
return cmsgpack.pack('filled', lease.fresh_until, lease.expires)
