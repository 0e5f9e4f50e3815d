-- SPDX-License-Identifier: Apache-2.0
-- Gives back jobs that were not begun, each by itself: they are due at once, and keep their turn.
--
-- KEYS     see queue.lua
-- ARGV[1] to [3]  see queue.lua
-- then for each job: id, lease
-- Reply    as that of fail.lua: "waiting" or "lost"

-- include: lifecycle.lua
local replies = {}
for i = 4, #ARGV, 2 do
  local id, lease = ARGV[i], ARGV[i + 1]
  local request = 'b' .. lease .. ' ' .. id
  local reply = recall(request)
  if not reply then
    local j = find(id)
    if j and j.state == 'active' and j.lease == lease then
      local attempt, follower = j.attempt, follower_of(j)
      local due = now
      if follower and follower[7] == 1 then
        due = finish(j, now)
      else
        take_out(j)
        j.due, j.lease, j.lease_end = now, '', 0
        put(j, 'ready')
      end
      reply = remember(request, cmsgpack.pack('waiting', attempt, attended(), due))
    end
  end
  replies[#replies + 1] = reply or cmsgpack.pack('lost')
end
expire_keys()
return table.concat(replies)
