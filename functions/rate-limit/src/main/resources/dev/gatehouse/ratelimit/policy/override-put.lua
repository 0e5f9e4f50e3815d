-- Stores a limit that replaces a policy for one subject.
--
-- KEYS[1]  the policies, see policies.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  name of the policy
-- ARGV[3]  tag of the subject
-- ARGV[4]  limit, as LimitText.java writes it
-- ARGV[5]  maximum number of overrides
-- Reply    {"overridden"}
--          {"no-such-policy"}; nothing was changed
--          {"too-many"}: the maximum is reached; nothing was changed
-- Error    CORRUPT, see policies.lua

-- include: policies.lua
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
