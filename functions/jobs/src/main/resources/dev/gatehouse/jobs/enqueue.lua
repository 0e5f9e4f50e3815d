-- SPDX-License-Identifier: Apache-2.0
-- Enqueues a job, unless one with its id is there.
--
-- KEYS     see queue.lua
-- ARGV[1] to [3]  see queue.lua
-- ARGV[4]  id
-- ARGV[5]  payload
-- ARGV[6]  group, or ''
-- ARGV[7]  limit of the group
-- ARGV[8]  delay, or due time if ARGV[9] is 1
-- ARGV[9]  1 for a due time, 0 for a delay
-- ARGV[10] longest delay
-- ARGV[11] 'keep', 'replace' or 'after'
-- ARGV[12] number of failures after which the job is dead
-- ARGV[13] life once due, in microseconds
-- ARGV[14] id of this call: repeated, it changes nothing and gets the same reply
-- Reply    packed: {"queued", due time, 1 if attended, else 0}, or the same with "kept", "replaced" or "after"
--          {"late", latest due time possible}: nothing was changed

-- include: lifecycle.lua
local id, payload, mode, request = ARGV[4], ARGV[5], ARGV[11], 'e' .. ARGV[14]
local due = ARGV[9] == '1' and math.max(now, tonumber(ARGV[8])) or now + tonumber(ARGV[8])
local latest = now + tonumber(ARGV[10])
if due > latest then
  return cmsgpack.pack('late', latest)
end
local reply = recall(request)
if reply then
  return reply
end
trim()
local j = find(id)
local new = {due, now, tonumber(ARGV[13]), ARGV[6], tonumber(ARGV[7]), tonumber(ARGV[12])}

-- Returns the reply. A job that is due later is seen by no drainer for sure.
local function accepted(word, at, is_left)
  return remember(request, cmsgpack.pack(word, at, (is_left or at <= now and is_attended()) and 1 or 0))
end

local function replace()
  take_out(j)
  local was_due = j.due <= now
  j.due, j.enqueued, j.ttl, j.max_attempts = due, now, new[3], new[6]
  j.attempt, j.crashes, j.reason, j.follower = 1, 0, '', ''
  redis.call('HDEL', payloads, ' ' .. id)
  redis.call('HSET', payloads, id, payload)
  if was_due and due <= now then
    line_up(j)
    put(j, j.state == 'blocked' and 'blocked' or 'ready')
    return
  end
  redis.call('ZREM', ends, member(j))
  if j.place ~= PLACED then
    leave_group(j)
  end
  j.seq = next_seq()
  j.turn = j.seq
  wait_until_due(j)
end

if j and j.state == 'dead' then
  remove(j)
  j = nil
end
if not j then
  add(id, payload, new)
  reply = accepted('queued', due)
elseif j.state == 'active' and mode ~= 'keep' then
  local present = follower_of(j)
  new[7] = (mode == 'replace' or present and present[7] == 1) and 1 or 0
  j.follower = cmsgpack.pack(unpack(new, 1, 7))
  redis.call('HSET', payloads, ' ' .. id, payload)
  save(j)
  reply = accepted('after', due, due <= now)
elseif j.state ~= 'active' and mode == 'replace' then
  replace()
  reply = accepted('replaced', due)
else
  reply = accepted('kept', j.due, j.state == 'active')
end
expire_keys()
return reply
