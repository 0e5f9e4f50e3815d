-- SPDX-License-Identifier: Apache-2.0
-- Leases jobs to a taker, in the order of their turns. First, ended leases and delays have their effect.
--
-- KEYS     see queue.lua
-- ARGV[1] to [3]  see queue.lua
-- ARGV[4]  maximum number of jobs
-- ARGV[5]  length of the leases in microseconds
-- ARGV[6]  id of this call, with which the leases begin: repeated, it gets the jobs that it still has, and no others
-- ARGV[7]  maximum size of the payloads in bytes, unless there is one job
-- ARGV[8]  drainer, or ''
-- ARGV[9]  length of its attendance in microseconds
-- ARGV[10] 'stay', 'leave-when-empty' or 'leave'
-- Reply    packed: {"taken", 1 if the drainer has left or 0, 1 if no job can be taken or a drainer attends or 0, time at which
--          a job may be taken or 0, number of waiting jobs} and for each job its id, group, attempt, lease, end of the lease,
--          time of enqueueing and payload

-- include: lifecycle.lua
local max, lease_length, request, max_bytes = tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6], tonumber(ARGV[7])
local drainer, attend_length, mode = ARGV[8], tonumber(ARGV[9]), ARGV[10]
local taken, bytes = {}, 0

-- The earliest due time of the jobs that are due and have not been moved by this call, or nil.
local unmoved

local function card(set)
  return redis.call('ZCARD', set)
end

-- Restores the sorted sets and the groups from the records, if one was lost.
local function heal()
  local count = redis.call('HLEN', jobs)
  if count == card(ends) and count == card(delayed) + card(ready) + card(leases) + card(blocked) + card(dead)
    and (count == 0 or redis.call('EXISTS', groups) == 1) then
    return
  end
  redis.call('DEL', delayed, ready, leases, blocked, dead, ends, groups)
  local fields, last, latest, by_name = redis.call('HGETALL', jobs), 0, {}, {}
  for i = 1, #fields, 2 do
    local j = load(fields[i])
    index(j)
    redis.call('ZADD', ends, last_end_of(j), member(j))
    last = math.max(last, j.seq)
    if j.place ~= OUTSIDE then
      local g = by_name[j.group] or {name = j.group, limit = j.limit, placed = 0, jobs = 0}
      by_name[j.group] = g
      g.jobs, g.placed = g.jobs + 1, g.placed + (j.place >= RESERVED and 1 or 0)
      if j.turn >= (latest[j.group] or 0) then
        latest[j.group], g.limit = j.turn, j.limit
      end
    end
  end
  if last > 0 then
    redis.call('HSET', groups, '#', digits(last))
  else
    redis.call('DEL', payloads)
  end
  for _, g in pairs(by_name) do
    fill_places(g)
    save_group(g)
  end
end

local function end_leases()
  for _, m in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', now, 'LIMIT', 0, MAX_MOVES)) do
    local j = load(id_of(m))
    if j and j.state == 'active' and member(j) == m then
      if end_of(j) <= now then
        finish(j, end_of(j))
      else
        crash(j)
      end
    else
      redis.call('ZREM', leases, m)
    end
  end
end

local function end_delays()
  for _, m in ipairs(redis.call('ZRANGEBYSCORE', delayed, '-inf', now, 'LIMIT', 0, MAX_MOVES)) do
    local j = load(id_of(m))
    if j and j.state == 'delayed' and member(j) == m then
      take_out(j)
      line_up(j)
      put(j, 'ready')
    else
      redis.call('ZREM', delayed, m)
    end
  end
  local first = tonumber(redis.call('ZRANGE', delayed, 0, 0, 'WITHSCORES')[2])
  unmoved = first and first <= now and first or nil
end

local function add_to_reply(j, payload)
  taken[#taken + 1] = cmsgpack.pack(j.id, j.group, j.attempt, j.lease, j.lease_end, j.enqueued, payload)
  bytes = bytes + #payload
end

-- Leases the first ready job, or moves it out of the way. Returns false if there is none, no room for it, or one before it that
-- has not been moved.
local function lease_first()
  local m, turn = unpack(redis.call('ZRANGE', ready, 0, 0, 'WITHSCORES'))
  if not m or unmoved and tonumber(turn) > unmoved then
    return false
  end
  local j = load(id_of(m))
  local payload = j and redis.call('HGET', payloads, j.id)
  if not payload then
    -- Lost with its key.
    redis.call('ZREM', ready, m)
    if j then
      finish(j, now)
    end
    return true
  end
  if not has_place(j) then
    take_out(j)
    put(j, 'blocked')
    return true
  end
  if end_of(j) <= now then
    finish(j, end_of(j))
    return true
  end
  if #taken == max or #taken > 0 and bytes + #payload > max_bytes then
    return false
  end
  occupy(j)
  take_out(j)
  j.lease, j.lease_end = request .. '.' .. (#taken + 1), now + lease_length
  put(j, 'active')
  add_to_reply(j, payload)
  return true
end

-- Returns the jobs that an earlier call with this id still has.
local function take_again(ids)
  for i, id in ipairs(ids) do
    local j = load(id)
    local payload = redis.call('HGET', payloads, id)
    if j and payload and j.state == 'active' and j.lease == request .. '.' .. i then
      add_to_reply(j, payload)
    end
  end
  max = #taken
end

-- Returns a time at which a job may be taken, or 0.
local function next_due()
  if card(ready) > 0 then
    return now
  end
  local first
  for _, set in ipairs({delayed, leases}) do
    local at = tonumber(redis.call('ZRANGE', set, 0, 0, 'WITHSCORES')[2])
    first = at and math.min(at, first or at) or first
  end
  return first or 0
end

-- Returns 1 if the drainer does not attend any more, else 0.
local function attend(is_empty)
  if drainer == '' then
    return 0
  end
  redis.call('ZREMRANGEBYSCORE', drainers, '-inf', now)
  if mode == 'leave' or mode == 'leave-when-empty' and is_empty and #taken == 0 then
    redis.call('ZREM', drainers, drainer)
    return 1
  end
  redis.call('ZADD', drainers, now + attend_length, drainer)
  local last = redis.call('ZRANGE', drainers, -1, -1, 'WITHSCORES')[2]
  redis.call('PEXPIRE', drainers, math.floor((last - now) / 1000) + 1)
  return 0
end

heal()
trim()
end_leases()
-- A follower can have expired before the lease that it followed was found to have ended.
trim()
end_delays()
local earlier = recall('t' .. request)
if earlier then
  take_again({cmsgpack.unpack(earlier)})
end
local moves = 0
while moves < MAX_MOVES + max and lease_first() do
  moves = moves + 1
end
if not earlier and #taken > 0 then
  local ids = {}
  for i, job in ipairs(taken) do
    ids[i] = cmsgpack.unpack(job)
  end
  remember('t' .. request, cmsgpack.pack(unpack(ids)))
end
expire_keys()
local due = next_due()
local is_empty = due == 0 or due > now
local left = attend(is_empty)
return cmsgpack.pack('taken', left, (is_empty or is_attended()) and 1 or 0, due,
  card(delayed) + card(ready) + card(blocked)) .. table.concat(taken)
