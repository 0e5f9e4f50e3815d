-- SPDX-License-Identifier: Apache-2.0
-- Ends all leases of a name and subject. The last fence stays, and so does the total of the steps back.
--
-- KEYS[1]  the leases, see leases.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- Reply    {"reset", number of leases that were live}; if it is 0, nothing was changed
-- Error    CORRUPT, see leases.lua

-- include: leases.lua

local in_use = redis.call('ZCOUNT', key, now + 1, '+inf')
if in_use > 0 then
  redis.call('DEL', key)
  redis.call('ZADD', key, -last_fence, '#')
  if stepped > 0 then
    redis.call('ZADD', key, -stepped, '@')
  end
  expire()
end
return {'reset', in_use}
