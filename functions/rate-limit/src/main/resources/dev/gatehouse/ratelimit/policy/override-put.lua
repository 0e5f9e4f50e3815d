-- SPDX-License-Identifier: Apache-2.0
-- Stores the override of a policy for one subject.
--
-- KEYS[1]  the policies, see policies.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  name of the policy
-- ARGV[3]  tag of the subject
-- ARGV[4]  override, as OverrideText.java writes it
-- ARGV[5]  its end in milliseconds since 1970, or 0 if it has none
-- ARGV[6]  1 if the policy exists without being stored, else 0
-- ARGV[7]  maximum number of overrides
-- Reply    {"overridden"}
--          {"no-such-policy"}; nothing was changed
--          {"too-many"}: the maximum is reached; nothing was changed
-- Error    CORRUPT, see policies.lua

-- include: policies.lua
local name, field, override, ends = ARGV[2], 'override:' .. ARGV[2] .. ':' .. ARGV[3], ARGV[4], tonumber(ARGV[5])

if ARGV[6] == '0' and redis.call('HEXISTS', key, 'policy:' .. name) == 0 then
  return {'no-such-policy'}
end
local before = redis.call('HGET', key, field)
if not before and overrides >= tonumber(ARGV[7]) then
  return {'too-many'}
end
if before ~= override then
  redis.call('HSET', key, field, override)
  overrides = overrides + (before and 0 or 1)
  expiry = ends > 0 and math.min(expiry, ends) or expiry
  changed()
end
keep()
return {'overridden'}
