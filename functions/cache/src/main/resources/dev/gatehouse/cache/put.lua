-- SPDX-License-Identifier: Apache-2.0
-- Stores a value without a lease, and voids the load in progress.
--
-- KEYS     see scope.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  random: the epoch of a new head
-- ARGV[3]  fresh time in microseconds
-- ARGV[4]  lifetime in microseconds, at least the fresh time
-- ARGV[5]  value, any bytes
-- ARGV[6]… tags, only with a scope
-- Reply    packed: {"filled", end of the fresh time, expiry}

-- include: scope.lua
-- include: entry.lua
-- include: lease.lua
read_scope({})
read_lease()

if head_key then
  open_scope(ARGV[2])
end
void_lease()
local fresh_until, expires = now + ARGV[3], now + ARGV[4]
write_entry({epoch = epoch, sequence = sequence, fresh_until = fresh_until, expires = expires, load = 0,
  tags = {unpack(ARGV, 6)}, value = ARGV[5]})
return cmsgpack.pack('filled', fresh_until, expires)
