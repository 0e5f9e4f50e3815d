-- SPDX-License-Identifier: Apache-2.0
-- Removes the override of a policy for one subject.
--
-- KEYS[1]  the policies, see policies.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  name of the policy
-- ARGV[3]  tag of the subject
-- Reply    {"removed"} or {"absent"}
-- Error    CORRUPT, see policies.lua

-- include: policies.lua
if redis.call('HDEL', key, 'override:' .. ARGV[2] .. ':' .. ARGV[3]) == 0 then
  return {'absent'}
end
overrides = overrides - 1
changed()
keep()
return {'removed'}
