-- SPDX-License-Identifier: Apache-2.0
-- Extends a live lease. Never shortens it.
--
-- KEYS[1]  the leases, see leases.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  id of the lease
-- ARGV[3]  length of the lease from now, in microseconds
-- Reply    {"extended", fence, end}
--          {"lost"}: the lease has ended, was released or was never granted; nothing was changed
-- Error    CORRUPT, see leases.lua

-- include: leases.lua
local id = ARGV[2]

local ends = tonumber(redis.call('ZSCORE', key, id) or 0)
if ends <= now then
  return {'lost'}
end
ends = math.max(ends, now + ARGV[3])
-- The next fence is greater than this, so at least now, as without the extension.
last_fence = math.max(last_fence, now - 1)
redis.call('ZADD', key, -last_fence, '#', ends, id)
expire()
return {'extended', -redis.call('ZSCORE', key, '#' .. id), ends - stepped}
