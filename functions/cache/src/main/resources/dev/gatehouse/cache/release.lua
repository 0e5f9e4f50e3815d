-- SPDX-License-Identifier: Apache-2.0
-- Ends a load without a value, if the owner has the lease.
--
-- KEYS     see scope.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  owner
-- ARGV[3]  time in microseconds during which nobody gets a lease
-- Reply    packed: {"released"}, also for a repetition, which changes nothing
--          {"absent"}: the owner has no lease; nothing was changed

-- include: scope.lua
-- include: lease.lua
read_scope({})
read_lease()

local is_owner = lease.owner == ARGV[2]
if is_owner and lease.state == 'loading' and lease.epoch == epoch then
  lease.state, lease.since, lease.ends = 'released', now, now + ARGV[3]
  write_lease()
end
return cmsgpack.pack(is_owner and lease.state == 'released' and 'released' or 'absent')
