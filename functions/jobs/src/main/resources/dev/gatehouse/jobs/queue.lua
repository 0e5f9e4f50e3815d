-- SPDX-License-Identifier: Apache-2.0
-- Reads and writes the jobs of one queue.
--
-- KEYS[1]  jobs: hash of id to record, packed as in save
-- KEYS[2]  payloads: hash of id to JSON text; ' ' and the id for the follower of an active job. No id contains a space
-- KEYS[3]  delayed: sorted set of jobs that wait for their due time, by that time
-- KEYS[4]  ready: sorted set of jobs that are due, by their turn
-- KEYS[5]  leases: sorted set of leased jobs, by the end of the lease
-- KEYS[6]  blocked: sorted set of jobs that wait for others of their group, all with score 0: group, ' ', turn, member
-- KEYS[7]  dead: sorted set of dead jobs, by the time of death, which is unique
-- KEYS[8]  ends: sorted set of all jobs, by their expiry or that of their follower
-- KEYS[9]  groups: hash of 'g' and the group to its limit, jobs with a place and jobs, packed; '#' is the last sequence number
-- KEYS[10] drainers: sorted set of attending drainers, by the end of their attendance
-- KEYS[11], KEYS[12]  memory: hashes of recent calls to their replies, one for even and one for odd slices of time
--          The member of a job in a sorted set is its sequence number, with 16 digits, and its id. A job is in one of the sets
--          delayed, ready, leases, blocked and dead. All times are in microseconds. A key gets its expiry in the script that
--          writes to it; other clients never see the time between
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  length of a slice: recent calls are remembered for one slice at least, for two at most
-- ARGV[3]  number of leases that end by themselves after which a job is dead

-- include: clock.lua
local jobs, payloads, delayed, ready, leases, blocked, dead, ends, groups, drainers = unpack(KEYS, 1, 10)
local slice_length, max_crashes = tonumber(ARGV[2]), tonumber(ARGV[3])
local slice = math.floor(now / slice_length)
local memory, other_memory = KEYS[11 + slice % 2], KEYS[12 - slice % 2]

-- The number of jobs that a script moves at most because time has passed.
local MAX_MOVES = 100

local sets = {delayed = delayed, ready = ready, active = leases, dead = dead}

-- Places of a job in its group: not due yet, due, due and next, and taken before.
local OUTSIDE, LINED_UP, RESERVED, PLACED = 0, 1, 2, 3

-- Whether the script made a job ready.
local made_ready = false

local touched = {}

local function digits(number)
  return string.format('%016.0f', number)
end

local function member(j)
  return digits(j.seq) .. j.id
end

local function id_of(m)
  return string.sub(m, 17)
end

local function blocked_member(j)
  return j.group .. ' ' .. digits(j.turn) .. member(j)
end

-- Sets the expiry of the keys. Called last by each script that writes. Keys that were not written need no later one, except those
-- with parts of every job.
local function expire_keys()
  local last = redis.call('ZRANGE', ends, -1, -1, 'WITHSCORES')[2]
  if last then
    touched[jobs], touched[payloads], touched[ends], touched[groups] = true, true, true, true
    local millis = math.max(1, math.floor((last - now) / 1000) + 1)
    for key in pairs(touched) do
      redis.call('PEXPIRE', key, millis)
    end
  end
end

-- Returns the reply to a recent call, or nil. The token begins with the kind of the call. Reads the slice after the present one,
-- too: the clock may have stepped back.
local function recall(token)
  local name, reply = unpack(redis.call('HMGET', memory, '#', token))
  if name == digits(slice) and reply then
    return reply
  end
  name, reply = unpack(redis.call('HMGET', other_memory, '#', token))
  return (name == digits(slice - 1) or name == digits(slice + 1)) and reply or nil
end

local function remember(token, reply)
  local name = digits(slice)
  if redis.call('HGET', memory, '#') ~= name then
    redis.call('DEL', memory)
  end
  redis.call('HSET', memory, '#', name, token, reply)
  redis.call('PEXPIRE', memory, math.floor(((slice + 2) * slice_length - now) / 1000) + 1)
  return reply
end

local function is_attended()
  return #redis.call('ZRANGEBYSCORE', drainers, '(' .. digits(now), '+inf', 'LIMIT', 0, 1) > 0
end

-- Returns 1 if nothing became ready by this call, or a drainer attends, else 0.
local function attended()
  return (not made_ready or is_attended()) and 1 or 0
end

-- Returns 1 if no job is ready, or a drainer attends, else 0. For a call that may repeat another whose reply was lost, and that
-- made a job ready.
local function attended_still()
  return (redis.call('ZCARD', ready) == 0 or is_attended()) and 1 or 0
end

local function next_seq()
  local seq = math.max(now, (tonumber(redis.call('HGET', groups, '#') or 0)) + 1)
  redis.call('HSET', groups, '#', digits(seq))
  return seq
end

local function load(id)
  local packed = redis.call('HGET', jobs, id)
  if packed then
    local j = {id = id}
    j.seq, j.turn, j.state, j.due, j.enqueued, j.ttl, j.group, j.limit, j.place, j.attempt, j.max_attempts, j.crashes,
      j.lease, j.lease_end, j.died, j.reason, j.follower = cmsgpack.unpack(packed)
    return j
  end
end

local function end_of(j)
  return (j.state == 'active' and j.lease_end or j.state == 'dead' and j.died or j.due) + j.ttl
end

-- Returns {due, enqueued, ttl, group, limit, max_attempts, replaces} of the follower, or nil. With replaces 1 the job does not
-- run again.
local function follower_of(j)
  return j.follower ~= '' and {cmsgpack.unpack(j.follower)} or nil
end

-- Returns the expiry of the job and its follower, whose life begins when the job is done.
local function last_end_of(j)
  local follower = follower_of(j)
  return follower and math.max(end_of(j), follower[1]) + follower[3] or end_of(j)
end

local function save(j)
  redis.call('HSET', jobs, j.id, cmsgpack.pack(j.seq, j.turn, j.state, j.due, j.enqueued, j.ttl, j.group, j.limit, j.place,
    j.attempt, j.max_attempts, j.crashes, j.lease, j.lease_end, j.died, j.reason, j.follower))
  redis.call('ZADD', ends, last_end_of(j), member(j))
end

-- Removes the job from the set of its state. Requires a later call of put or remove.
local function take_out(j)
  if j.state == 'blocked' then
    redis.call('ZREM', blocked, blocked_member(j))
  else
    redis.call('ZREM', sets[j.state], member(j))
  end
end

local function index(j)
  if j.state == 'blocked' then
    redis.call('ZADD', blocked, 0, blocked_member(j))
    touched[blocked] = true
    return
  end
  local score = j.state == 'delayed' and j.due or j.state == 'ready' and j.turn or j.state == 'active' and j.lease_end
    or j.died
  redis.call('ZADD', sets[j.state], score, member(j))
  touched[sets[j.state]] = true
end

-- Stores the job in a state.
local function put(j, state)
  made_ready = made_ready or state == 'ready'
  j.state = state
  index(j)
  save(j)
end
