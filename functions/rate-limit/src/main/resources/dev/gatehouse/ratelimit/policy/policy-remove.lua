-- SPDX-License-Identifier: Apache-2.0
-- Removes a policy and its overrides.
--
-- KEYS[1]  the policies, see policies.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  name of the policy
-- Reply    {"removed"}, or {"absent"} if neither the policy nor an override of it is stored
-- Error    CORRUPT, see policies.lua

-- include: policies.lua
local name = ARGV[2]

local removed = redis.call('HDEL', key, 'policy:' .. name)
local left = overrides
if overrides > 0 then
  local prefix = 'override:' .. name .. ':'
  for _, field in ipairs(redis.call('HKEYS', key)) do
    if field:sub(1, #prefix) == prefix then
      left = left - redis.call('HDEL', key, field)
    end
  end
end
if removed == 0 and left == overrides then
  return {'absent'}
end
policies, overrides = policies - removed, left
changed()
keep()
return {'removed'}
