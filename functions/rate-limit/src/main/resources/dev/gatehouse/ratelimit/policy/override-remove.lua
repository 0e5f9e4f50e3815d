-- Has a policy apply to a subject again. It comes after policies.lua.
--
-- KEYS[1]  the policies
-- ARGV[2]  the policy's name
-- ARGV[3]  the subject's tag
-- Reply    {"removed"} or {"absent"}

if redis.call('HDEL', key, 'override:' .. ARGV[2] .. ':' .. ARGV[3]) == 0 then
  return {'absent'}
end
changed(policies, overrides - 1)
keep()
return {'removed'}
