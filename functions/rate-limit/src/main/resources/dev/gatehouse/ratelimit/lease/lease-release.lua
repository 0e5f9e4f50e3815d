-- SPDX-License-Identifier: Apache-2.0
-- Ends a lease. The last fence stays.
--
-- KEYS[1]  the leases, see leases.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  id of the lease
-- Reply    {"released"}
--          {"absent"}: the lease has ended, was released or was never granted; nothing was changed
-- Error    CORRUPT, see leases.lua

-- include: leases.lua
local id = ARGV[2]

if tonumber(redis.call('ZSCORE', key, id) or 0) <= now then
  return {'absent'}
end
redis.call('ZREM', key, id, '#' .. id)
expire()
return {'released'}
