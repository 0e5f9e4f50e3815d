-- SPDX-License-Identifier: Apache-2.0
-- Extends the lease while its owner loads. Never shortens it.
--
-- KEYS     see scope.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  owner
-- ARGV[3]  length of the lease from now, in microseconds
-- Reply    packed: {"extended", end of the lease}
--          {"lost"}: the owner has no lease, or its value could not be stored any more

-- include: scope.lua
-- include: lease.lua
read_scope({})
read_lease()

if lease.state ~= 'loading' or lease.owner ~= ARGV[2] then
  return cmsgpack.pack('lost')
end
if lease.epoch ~= epoch or lease.sequence < soft_mark then
  void_lease()
  return cmsgpack.pack('lost')
end
renew_lease(tonumber(ARGV[3]))
return cmsgpack.pack('extended', lease.ends)
