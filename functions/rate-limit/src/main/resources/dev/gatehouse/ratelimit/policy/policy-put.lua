-- SPDX-License-Identifier: Apache-2.0
-- Stores a policy under its name.
--
-- KEYS[1]  the policies, see policies.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  name of the policy
-- ARGV[3]  limit, as LimitText.java writes it
-- ARGV[4]  maximum number of policies
-- Reply    {"stored"}
--          {"too-many"}: the maximum is reached; nothing was changed
-- Error    CORRUPT, see policies.lua

-- include: policies.lua
local field, limit = 'policy:' .. ARGV[2], ARGV[3]

local before = redis.call('HGET', key, field)
if not before and policies >= tonumber(ARGV[4]) then
  return {'too-many'}
end
if before ~= limit then
  redis.call('HSET', key, field, limit)
  policies = policies + (before and 0 or 1)
  changed()
end
keep()
return {'stored'}
