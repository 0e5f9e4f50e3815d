-- SPDX-License-Identifier: Apache-2.0
-- Finds a policy.
--
-- KEYS[1]  the policies, see policies.lua
-- ARGV[1]  unused
-- ARGV[2]  name of the policy
-- Reply    {"found", limit} or {"absent"}

local limit = redis.call('HGET', KEYS[1], 'policy:' .. ARGV[2])
return limit and {'found', limit} or {'absent'}
