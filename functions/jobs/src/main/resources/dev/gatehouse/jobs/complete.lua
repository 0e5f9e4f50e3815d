-- SPDX-License-Identifier: Apache-2.0
-- Completes jobs, each by itself. The follower of one waits then.
--
-- KEYS     see queue.lua
-- ARGV[1] to [3]  see queue.lua
-- then for each job: id, lease
-- Reply    packed: for each job "completed" and 1 if nothing became ready by it or a drainer attends, else 0
--          "lost": the lease is not that of the job, or has ended; nothing was changed
--          A repeated call gets the same

-- include: lifecycle.lua
local replies = {}
for i = 4, #ARGV, 2 do
  local id, lease = ARGV[i], ARGV[i + 1]
  local request = 'd' .. lease .. ' ' .. id
  local reply = recall(request)
  if not reply then
    local j = find(id)
    if j and j.state == 'active' and j.lease == lease then
      finish(j, now)
      reply = remember(request, cmsgpack.pack('completed', attended()))
    end
  end
  replies[#replies + 1] = reply or cmsgpack.pack('lost')
end
expire_keys()
return table.concat(replies)
