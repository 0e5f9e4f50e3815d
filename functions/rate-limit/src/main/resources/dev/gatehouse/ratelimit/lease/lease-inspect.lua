-- SPDX-License-Identifier: Apache-2.0
-- Returns the live leases of a name and subject. Changes nothing.
--
-- KEYS[1]  the leases, see leases.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  maximum number of ends to return
-- Reply    {"leases", number of live leases, end, end, …}: the ends of those that end first, in order
-- Error    CORRUPT, see leases.lua

-- include: leases.lua

local reply = {'leases', redis.call('ZCOUNT', key, now + 1, '+inf')}
local live = redis.call('ZRANGEBYSCORE', key, now + 1, '+inf', 'WITHSCORES', 'LIMIT', 0, ARGV[2])
for i = 2, #live, 2 do
  reply[#reply + 1] = live[i] - stepped
end
return reply
