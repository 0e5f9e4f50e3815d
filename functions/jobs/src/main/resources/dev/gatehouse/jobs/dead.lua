-- SPDX-License-Identifier: Apache-2.0
-- Lists dead jobs, latest death first.
--
-- KEYS     see queue.lua
-- ARGV[1] to [3]  see queue.lua
-- ARGV[4]  maximum number of jobs
-- ARGV[5]  time of the last death on the previous page, or 0
-- Reply    packed: {"listed", time of the last death on this page or 0 if there are no more} and for each job its id, group,
--          attempt, crashes, time of death, reason, time of enqueueing and expiry. Jobs that have expired are left out

-- include: queue.lua
local limit, before = tonumber(ARGV[4]), tonumber(ARGV[5])
local from = before > 0 and '(' .. digits(before) or '+inf'
local found = redis.call('ZREVRANGEBYSCORE', dead, from, '-inf', 'WITHSCORES', 'LIMIT', 0, limit + 1)
local last = #found > 2 * limit and tonumber(found[2 * limit]) or 0
local replies = {cmsgpack.pack('listed', last)}
for i = 1, math.min(#found, 2 * limit), 2 do
  local j = load(id_of(found[i]))
  if j and j.state == 'dead' and end_of(j) > now then
    replies[#replies + 1] = cmsgpack.pack(j.id, j.group, j.attempt, j.crashes, j.died, j.reason, j.enqueued, end_of(j))
  end
end
return table.concat(replies)
