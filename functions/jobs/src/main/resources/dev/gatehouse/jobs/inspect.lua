-- SPDX-License-Identifier: Apache-2.0
-- Returns a job.
--
-- KEYS     see queue.lua
-- ARGV[1] to [3]  see queue.lua
-- ARGV[4]  id
-- Reply    packed: {"found", "waiting", "active" or "dead", payload, group, attempt, most attempts, crashes, time of
--          enqueueing, due time, end of the lease or 0, time of death or 0, reason, expiry, 1 if it has a follower or 0}
--          {"unknown"}

-- include: lifecycle.lua
local j = find(ARGV[4])
expire_keys()
local payload = j and redis.call('HGET', payloads, j.id)
if not payload then
  return cmsgpack.pack('unknown')
end
local state = (j.state == 'active' or j.state == 'dead') and j.state or 'waiting'
return cmsgpack.pack('found', state, payload, j.group, j.attempt, j.max_attempts, j.crashes, j.enqueued, j.due, j.lease_end,
  j.died, j.reason, end_of(j), j.follower == '' and 0 or 1)
