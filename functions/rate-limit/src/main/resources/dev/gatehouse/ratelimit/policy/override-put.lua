-- Has another limit take a policy's place for a subject. It comes after policies.lua.
--
-- KEYS[1]  the policies
-- ARGV[2]  the policy's name
-- ARGV[3]  the subject's tag
-- ARGV[4]  the limit
-- ARGV[5]  how many overrides there may be
-- Reply    {"overridden"}
--          {"no-such-policy"}; nothing was changed
--          {"too-many"}: there are so many others; nothing was changed

local name, field, limit = ARGV[2], 'override:' .. ARGV[2] .. ':' .. ARGV[3], ARGV[4]

if redis.call('HEXISTS', key, 'policy:' .. name) == 0 then
  return {'no-such-policy'}
end
local before = redis.call('HGET', key, field)
if not before and overrides >= tonumber(ARGV[5]) then
  return {'too-many'}
end
if before ~= limit then
  redis.call('HSET', key, field, limit)
  changed(policies, overrides + (before and 0 or 1))
end
keep()
return {'overridden'}
