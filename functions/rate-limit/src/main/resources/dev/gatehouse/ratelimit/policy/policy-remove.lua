-- Removes a policy and its overrides.
--
-- KEYS[1]  the policies, see policies.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  name of the policy
-- Reply    {"removed"} or {"absent"}
-- Error    CORRUPT, see policies.lua

-- include: policies.lua
local name = ARGV[2]

if redis.call('HDEL', key, 'policy:' .. name) == 0 then
  return {'absent'}
end
local left = overrides
if overrides > 0 then
  local prefix = 'override:' .. name .. ':'
  for _, field in ipairs(redis.call('HKEYS', key)) do
    if field:sub(1, #prefix) == prefix then
      left = left - redis.call('HDEL', key, field)
    end
  end
end
changed(policies - 1, left)
keep()
return {'removed'}
