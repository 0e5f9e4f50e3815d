-- SPDX-License-Identifier: Apache-2.0
-- Returns all policies of a tenant, unless the caller has the current version.
--
-- KEYS[1]  the policies, see policies.lua
-- ARGV[1]  unused
-- ARGV[2]  version that the caller has, or ''
-- Reply    {"same"} or {"changed", {field, value, field, value, …}}

local key, known = KEYS[1], ARGV[2]

if (redis.call('HGET', key, 'version') or '0') == known then
  return {'same'}
end
return {'changed', redis.call('HGETALL', key)}
