-- Looks up a policy.
--
-- KEYS[1]  the policies, as policies.lua describes them
-- ARGV[2]  its name
-- Reply    {"found", the limit} or {"absent"}

local limit = redis.call('HGET', KEYS[1], 'policy:' .. ARGV[2])
return limit and {'found', limit} or {'absent'}
