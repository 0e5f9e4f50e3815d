-- SPDX-License-Identifier: Apache-2.0
-- Ends failed attempts of jobs, each by itself.
--
-- KEYS     see queue.lua
-- ARGV[1] to [3]  see queue.lua
-- ARGV[4]  longest pause after the first failure, in microseconds
-- ARGV[5]  longest pause after any failure
-- then for each job: id, lease, pause until the next attempt or -1, part of the backoff in thousandths, 1 if the job is dead
--          whatever its attempts or 0, reason
-- Reply    packed: for each job "waiting", number of the attempt, 1 if nothing became ready by it or a drainer attends or 0, and
--          due time
--          "dead", number of the attempt, 1 or 0 as above
--          "lost": the lease is not that of the job, or has ended; nothing was changed
--          A repeated call gets the same

-- include: lifecycle.lua
local first_pause, longest_pause = tonumber(ARGV[4]), tonumber(ARGV[5])

local function backoff(attempt, thousandths)
  local pause = math.min(longest_pause, first_pause * 2 ^ (attempt - 1))
  return math.floor(pause * thousandths / 1000)
end

-- Returns the reply, without that to a lost lease.
local function fail(j, pause, thousandths, is_dead, reason)
  local attempt, follower = j.attempt, follower_of(j)
  if follower and follower[7] == 1 then
    local due = finish(j, now)
    return cmsgpack.pack('waiting', attempt, attended(), due)
  end
  if is_dead or attempt >= j.max_attempts then
    bury(j, now, reason)
    return cmsgpack.pack('dead', attempt, attended())
  end
  take_out(j)
  j.due = now + (pause < 0 and backoff(attempt, thousandths) or pause)
  j.attempt, j.reason, j.lease, j.lease_end = attempt + 1, reason, '', 0
  wait_until_due(j)
  return cmsgpack.pack('waiting', attempt, attended(), j.due)
end

local replies = {}
for i = 6, #ARGV, 6 do
  local id, lease = ARGV[i], ARGV[i + 1]
  local request = 'f' .. lease .. ' ' .. id
  local reply = recall(request)
  if not reply then
    local j = find(id)
    if j and j.state == 'active' and j.lease == lease then
      reply = remember(request,
        fail(j, tonumber(ARGV[i + 2]), tonumber(ARGV[i + 3]), ARGV[i + 4] == '1', ARGV[i + 5]))
    end
  end
  replies[#replies + 1] = reply or cmsgpack.pack('lost')
end
expire_keys()
return table.concat(replies)
