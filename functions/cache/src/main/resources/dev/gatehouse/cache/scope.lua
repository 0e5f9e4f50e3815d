-- SPDX-License-Identifier: Apache-2.0
-- Declares the keys, and reads the head of a key's scope into locals.
--
-- KEYS[1]  the entry, see entry.lua
-- KEYS[2]  the lease, see lease.lua
-- KEYS[3]  the head, only for a key with a scope: a hash of
--            epoch     random; entries and leases of another epoch are void
--            sequence  counts the marks
--            floor     entries with tags and a lower sequence are void: their marks may have been pruned
--            soft      mark of the scope: entries with a lower sequence are stale
--            h:<tag>, s:<tag>  marks of a tag: entries with a lower sequence are void, or stale
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
--
-- Marks are counted, not timed: a step of the clock revives nothing. All times and durations are in microseconds.

-- include: clock.lua
local entry_key, lease_key, head_key = KEYS[1], KEYS[2], KEYS[3]

-- epoch is false if the scope has no head. The marks are the latest that void, or make stale, a value with given tags.
local epoch, sequence, hard_mark, soft_mark = '', 0, 0, 0

-- Must run before anything that uses these.
local function read_scope(tags)
  if head_key then
    local fields = {'epoch', 'sequence', 'soft', 'floor'}
    for i, tag in ipairs(tags) do
      fields[2 * i + 3], fields[2 * i + 4] = 's:' .. tag, 'h:' .. tag
    end
    local head = redis.call('HMGET', head_key, unpack(fields))
    epoch, sequence, soft_mark = head[1], tonumber(head[2] or 0), tonumber(head[3] or 0)
    if #tags > 0 then
      hard_mark = tonumber(head[4] or 0)
    end
    for i = 5, #fields, 2 do
      soft_mark = math.max(soft_mark, tonumber(head[i] or 0))
      hard_mark = math.max(hard_mark, tonumber(head[i + 1] or 0))
    end
  end
end

local function extend_expiry(key, micros)
  local millis = math.ceil(micros / 1000)
  if redis.call('PTTL', key) < millis then
    redis.call('PEXPIRE', key, millis)
  end
end
