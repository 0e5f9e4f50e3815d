-- SPDX-License-Identifier: Apache-2.0
-- Counts the jobs of a queue.
--
-- KEYS     see queue.lua
-- ARGV[1] to [3]  see queue.lua
-- Reply    packed: {"counted", due jobs, delayed jobs, blocked jobs, active jobs, dead jobs, attending drainers, due time of the
--          job that has been due longest or 0}

-- include: queue.lua
local function count(set, from, to)
  return redis.call('ZCOUNT', set, from, to)
end

-- Jobs whose delay or lease has ended, and that no script has moved since.
local ended_delays, ended_leases = count(delayed, '-inf', now), count(leases, '-inf', now)
local oldest = 0
for _, set in ipairs({delayed, leases, ready}) do
  local m, score = unpack(redis.call('ZRANGE', set, 0, 0, 'WITHSCORES'))
  local j = m and load(id_of(m))
  local due = j and (set == ready and j.due or tonumber(score))
  if due and due <= now and (oldest == 0 or due < oldest) then
    oldest = due
  end
end
local later = '(' .. digits(now)
return cmsgpack.pack('counted', redis.call('ZCARD', ready) + ended_delays + ended_leases, count(delayed, later, '+inf'),
  redis.call('ZCARD', blocked), count(leases, later, '+inf'), redis.call('ZCARD', dead), count(drainers, later, '+inf'),
  oldest)
