-- SPDX-License-Identifier: Apache-2.0
-- Extends leases, each by itself. Never shortens one.
--
-- KEYS     see queue.lua
-- ARGV[1] to [3]  see queue.lua
-- ARGV[4]  length of the leases from now, in microseconds
-- then for each job: id, lease
-- Reply    packed: for each job "extended", end of the lease
--          "lost": the lease is not that of the job, or has ended; nothing was changed

-- include: lifecycle.lua
local replies = {}
for i = 5, #ARGV, 2 do
  local j = find(ARGV[i])
  if j and j.state == 'active' and j.lease == ARGV[i + 1] then
    j.lease_end = math.max(j.lease_end, now + tonumber(ARGV[4]))
    put(j, 'active')
    replies[#replies + 1] = cmsgpack.pack('extended', j.lease_end)
  else
    replies[#replies + 1] = cmsgpack.pack('lost')
  end
end
expire_keys()
return table.concat(replies)
