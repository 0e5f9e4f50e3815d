-- SPDX-License-Identifier: Apache-2.0
-- Lists jobs that are not dead. Changes nothing.
--
-- KEYS     see queue.lua
-- ARGV[1] to [3]  see queue.lua
-- ARGV[4]  "due", "delayed", "blocked" or "active", as counts.lua counts them
-- ARGV[5]  maximum number of jobs
-- ARGV[6]  number of jobs on the previous pages
-- Reply    packed: {"listed", number of jobs up to the end of this page or 0 if there are no more} and for each job its id, group,
--          attempt, most attempts, crashes, time of enqueueing, due time, end of the lease or 0, and expiry. Jobs that have
--          expired are left out

-- include: queue.lua
local limit, skipped = tonumber(ARGV[5]), tonumber(ARGV[6])

-- Returns the jobs of a set from a rank on, as {set, rank, number}.
local function part(set, from, to)
  return {set, from, to - from}
end

local delays, leased = redis.call('ZCARD', delayed), redis.call('ZCARD', leases)
-- Jobs whose delay or lease has ended, and that no script has moved since.
local ended_delays, ended_leases =
  redis.call('ZCOUNT', delayed, '-inf', now), redis.call('ZCOUNT', leases, '-inf', now)
local parts = ({
  due = {part(ready, 0, redis.call('ZCARD', ready)), part(delayed, 0, ended_delays), part(leases, 0, ended_leases)},
  delayed = {part(delayed, ended_delays, delays)},
  blocked = {part(blocked, 0, redis.call('ZCARD', blocked))},
  active = {part(leases, ended_leases, leased)},
})[ARGV[4]]

local listed = {}
local skip, all = skipped, 0
for _, each in ipairs(parts) do
  local set, from, number = unpack(each)
  local last = math.min(number, skip + limit - #listed)
  if skip < last then
    for _, m in ipairs(redis.call('ZRANGE', set, from + skip, from + last - 1)) do
      -- The member of a blocked job follows its group and turn.
      listed[#listed + 1] = id_of(set == blocked and string.sub(m, string.find(m, ' ', 1, true) + 17) or m)
    end
  end
  skip, all = math.max(0, skip - number), all + number
end
local upto = skipped + #listed
local replies = {cmsgpack.pack('listed', #listed > 0 and upto < all and upto or 0)}
for _, id in ipairs(listed) do
  local j = load(id)
  if j and end_of(j) > now then
    replies[#replies + 1] = cmsgpack.pack(j.id, j.group, j.attempt, j.max_attempts, j.crashes, j.enqueued, j.due, j.lease_end,
      end_of(j))
  end
end
return table.concat(replies)
