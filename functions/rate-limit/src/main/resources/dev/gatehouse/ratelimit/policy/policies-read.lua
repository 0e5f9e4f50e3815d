-- Tells all policies of a tenant, unless they are known.
--
-- KEYS[1]  the policies, as policies.lua describes them
-- ARGV[2]  the version that is known, or nothing
-- Reply    {"same"} or {"changed", {field, value, field, value, …}}

local key, known = KEYS[1], ARGV[2]

if (redis.call('HGET', key, 'version') or '0') == known then
  return {'same'}
end
return {'changed', redis.call('HGETALL', key)}
