-- SPDX-License-Identifier: Apache-2.0
-- Moves jobs of one queue from state to state.
--
-- KEYS     see queue.lua
-- ARGV     see queue.lua

-- include: queue.lua

local function load_group(name)
  local g = {name = name, limit = 1, placed = 0, jobs = 0}
  local packed = redis.call('HGET', groups, 'g' .. name)
  if packed then
    g.limit, g.placed, g.jobs = cmsgpack.unpack(packed)
  end
  return g
end

local function save_group(g)
  if g.jobs == 0 then
    redis.call('HDEL', groups, 'g' .. g.name)
  else
    redis.call('HSET', groups, 'g' .. g.name, cmsgpack.pack(g.limit, g.placed, g.jobs))
  end
end

-- Gives the places that are free to blocked jobs. So jobs of a group are blocked only while no place is free.
local function fill_places(g)
  while g.placed < g.limit do
    local first = redis.call('ZRANGEBYLEX', blocked, '[' .. g.name .. ' ', '(' .. g.name .. '!', 'LIMIT', 0, 1)[1]
    local j = first and load(id_of(string.sub(first, #g.name + 18)))
    if not first then
      break
    end
    redis.call('ZREM', blocked, first)
    if j and j.state == 'blocked' then
      j.place, g.placed = RESERVED, g.placed + 1
      put(j, 'ready')
    end
  end
end

-- Lines the job up in its group once it is due. The limit of the latest one holds.
local function line_up(j)
  if j.group ~= '' and j.place == OUTSIDE then
    local g = load_group(j.group)
    j.place, g.limit, g.jobs = LINED_UP, j.limit, g.jobs + 1
    fill_places(g)
    save_group(g)
  end
end

local function leave_group(j)
  if j.place ~= OUTSIDE then
    local g = load_group(j.group)
    g.jobs = math.max(0, g.jobs - 1)
    g.placed = math.max(0, g.placed - (j.place >= RESERVED and 1 or 0))
    j.place = OUTSIDE
    fill_places(g)
    save_group(g)
  end
end

-- Returns whether the job can be leased now. Then occupy must follow, if it is.
local function has_place(j)
  if j.group == '' or j.place >= RESERVED then
    return true
  end
  local g = load_group(j.group)
  return g.placed < g.limit
end

local function occupy(j)
  if j.group ~= '' then
    if j.place < RESERVED then
      local g = load_group(j.group)
      g.placed = g.placed + 1
      save_group(g)
    end
    j.place = PLACED
  end
end

local function wait_until_due(j)
  if j.due > now then
    j.turn = j.due
    put(j, 'delayed')
  else
    line_up(j)
    put(j, 'ready')
  end
end

-- Adds a new job, with new = {due, enqueued, ttl, group, limit, max_attempts}.
local function add(id, payload, new)
  local j = {id = id, seq = next_seq(), place = OUTSIDE, attempt = 1, crashes = 0, lease = '', lease_end = 0, died = 0,
    reason = '', follower = ''}
  j.due, j.enqueued, j.ttl, j.group, j.limit, j.max_attempts = unpack(new, 1, 6)
  j.turn = j.seq
  redis.call('HSET', payloads, id, payload)
  wait_until_due(j)
end

-- Removes the job and its follower.
local function remove(j)
  take_out(j)
  redis.call('HDEL', jobs, j.id)
  redis.call('HDEL', payloads, j.id, ' ' .. j.id)
  redis.call('ZREM', ends, member(j))
  leave_group(j)
  if redis.call('HLEN', jobs) == 0 then
    redis.call('DEL', groups)
  end
end

-- Removes a job that is done since a time. Its follower waits then. Returns the due time of the follower.
local function finish(j, at)
  local follower = follower_of(j)
  local payload = follower and redis.call('HGET', payloads, ' ' .. j.id)
  remove(j)
  if not payload then
    return at
  end
  follower[1] = math.max(follower[1], at)
  add(j.id, payload, follower)
  return follower[1]
end

-- Makes the job dead, unless it has a follower.
local function bury(j, at, reason)
  if j.follower ~= '' then
    return finish(j, at)
  end
  take_out(j)
  leave_group(j)
  local last = redis.call('ZRANGE', dead, -1, -1, 'WITHSCORES')[2] or 0
  j.died, j.reason, j.lease, j.lease_end = math.max(at, last + 1), reason, '', 0
  put(j, 'dead')
end

-- Ends a lease that nobody ended.
local function crash(j)
  j.crashes = j.crashes + 1
  local follower = follower_of(j)
  if follower and follower[7] == 1 then
    finish(j, j.lease_end)
  elseif j.crashes >= max_crashes then
    bury(j, j.lease_end, 'crashed')
  else
    take_out(j)
    j.due, j.lease, j.lease_end = j.lease_end, '', 0
    put(j, 'ready')
  end
end

-- Returns the job after all that time has done to it, or nil.
local function find(id)
  local j = load(id)
  if j and j.state == 'active' and j.lease_end <= now and end_of(j) > now then
    crash(j)
    j = load(id)
  end
  while j and end_of(j) <= now do
    finish(j, end_of(j))
    j = load(id)
  end
  made_ready = false
  return j
end

-- Removes jobs that have expired with their followers.
local function trim()
  for _, m in ipairs(redis.call('ZRANGEBYSCORE', ends, '-inf', now, 'LIMIT', 0, MAX_MOVES)) do
    local j = load(id_of(m))
    if j and member(j) == m then
      remove(j)
    else
      redis.call('ZREM', ends, m)
    end
  end
end
