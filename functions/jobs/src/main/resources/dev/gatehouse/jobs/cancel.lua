-- SPDX-License-Identifier: Apache-2.0
-- Removes a job that is not leased, with its follower.
--
-- KEYS     see queue.lua
-- ARGV[1] to [3]  see queue.lua
-- ARGV[4]  id
-- ARGV[5]  id of this call
-- Reply    packed: {"cancelled", 1 if no job is ready or a drainer attends, else 0}: no job has the id
--          {"active"}: nothing was changed

-- include: lifecycle.lua
local request = 'c' .. ARGV[5]
local reply = recall(request)
if reply then
  return reply
end
local j = find(ARGV[4])
if j and j.state == 'active' then
  return cmsgpack.pack('active')
end
if j then
  remove(j)
end
reply = cmsgpack.pack('cancelled', attended_still())
if j then
  remember(request, reply)
end
expire_keys()
return reply
