-- SPDX-License-Identifier: Apache-2.0
-- Makes dead jobs wait again, as new ones that are due at once.
--
-- KEYS     see queue.lua
-- ARGV[1] to [3]  see queue.lua
-- ARGV[4]  id of this call: repeated, it changes nothing and gets the same reply
-- then the ids
-- Reply    packed: {"redriven", 1 if no job is ready or a drainer attends, else 0} and the ids that were dead

-- include: lifecycle.lua
local request = 'r' .. ARGV[4]
local reply = recall(request)
if reply then
  return reply
end
local redriven = {}
for i = 5, #ARGV do
  local j = find(ARGV[i])
  if j and j.state == 'dead' then
    take_out(j)
    redis.call('ZREM', ends, member(j))
    j.seq = next_seq()
    j.turn, j.due, j.died, j.attempt, j.crashes, j.reason = j.seq, now, 0, 1, 0, ''
    wait_until_due(j)
    redriven[#redriven + 1] = cmsgpack.pack(j.id)
  end
end
reply = remember(request, cmsgpack.pack('redriven', attended_still()) .. table.concat(redriven))
expire_keys()
return reply
