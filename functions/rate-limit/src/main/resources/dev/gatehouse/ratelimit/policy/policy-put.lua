-- Keeps a policy under its name. It comes after policies.lua.
--
-- KEYS[1]  the policies
-- ARGV[2]  its name
-- ARGV[3]  the limit
-- ARGV[4]  how many there may be
-- Reply    {"stored"}
--          {"too-many"}: there are so many others; nothing was changed

local field, limit = 'policy:' .. ARGV[2], ARGV[3]

local before = redis.call('HGET', key, field)
if not before and policies >= tonumber(ARGV[4]) then
  return {'too-many'}
end
if before ~= limit then
  redis.call('HSET', key, field, limit)
  changed(policies + (before and 0 or 1), overrides)
end
keep()
return {'stored'}
