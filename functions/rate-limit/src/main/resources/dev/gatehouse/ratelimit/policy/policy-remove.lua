-- Removes a policy and its overrides. It comes after policies.lua.
--
-- KEYS[1]  the policies
-- ARGV[2]  its name
-- Reply    {"removed"} or {"absent"}

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
