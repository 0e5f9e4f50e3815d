-- SPDX-License-Identifier: Apache-2.0
-- Reads and writes the record of one state. A state has ended at its expiry, even if Redis still has its members.
--
-- KEYS     one hash for each state:
--            "#"         the record, packed: version, created at, saved at, expiry, size, fence, owner, claimed at, end of the
--                        lease, description of the owner. Created at is 0 without content; owner is '' without a claim
--            "s"         the last writes, latest first: each packed into one string with its id and its reply
--            "m:<name>"  the JSON text of a member
--          All times and durations are in microseconds. A key gets its expiry in the script that writes to it; other clients
--          never see the time between
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  how long the record remains after its end, so that no version or fence returns
-- Error    CORRUPT: these scripts did not write the value of the key; nothing was changed

-- include: clock.lua
local tombstone = tonumber(ARGV[2])

local function latest(s)
  return math.max(s.expires, s.lease, s.version, s.fence)
end

-- Calls a command with any number of arguments, in parts that unpack can return.
local function call_in_parts(command, key, args)
  for from = 1, #args, 1000 do
    redis.call(command, key, unpack(args, from, math.min(from + 999, #args)))
  end
end

-- Writes the record, the last writes if they changed, and members: in few commands, for each costs as much as the rest of the
-- script. members is a list of fields and values, or nil.
local function store(s, members)
  local fields = members or {}
  fields[#fields + 1] = '#'
  fields[#fields + 1] = cmsgpack.pack(s.version, s.created, s.saved, s.expires, s.size, s.fence, s.owner, s.at, s.lease,
    s.held_by)
  if s.writes_changed and s.writes then
    fields[#fields + 1] = 's'
    fields[#fields + 1] = s.writes
  end
  call_in_parts('HSET', s.key, fields)
  redis.call('PEXPIRE', s.key, math.floor((math.max(latest(s), now) - now + tombstone) / 1000) + 1)
end

-- Requires a later call of store.
local function remove_members(s)
  redis.call('DEL', s.key)
  s.writes_changed = true
end

-- Returns nil if the key is corrupt.
local function load(key)
  local s = {key = key, version = 0, created = 0, saved = 0, expires = 0, size = 0, fence = 0, owner = '', at = 0,
    lease = 0, held_by = ''}
  local packed, writes = unpack(redis.call('HMGET', key, '#', 's'))
  if not packed then
    return redis.call('EXISTS', key) == 0 and s or nil
  end
  local r = {key = key, writes = writes}
  r.version, r.created, r.saved, r.expires, r.size, r.fence, r.owner, r.at, r.lease, r.held_by = cmsgpack.unpack(packed)
  if not r.held_by then
    return nil
  end
  if latest(r) + tombstone < now then
    redis.call('DEL', key)
    return s
  end
  if r.owner ~= '' and r.at - now > r.lease - r.at then
    -- The clock has stepped back by more than the lease. Stored, or each later script would begin the lease again.
    r.lease, r.at = now + r.lease - r.at, now
    store(r)
  end
  return r
end

local function is_live(s)
  return s.created > 0 and s.expires > now
end

-- Sets the end of the lease. Never shortens it, except that its end goes back with the clock: otherwise steps back would add up.
-- Removes the content of a state that has ended, which would remain as long as its claim. Requires a later call of store.
local function extend_lease(s, length)
  s.at, s.lease = now, math.max(s.lease - math.max(0, s.at - now), now + length)
  if s.created > 0 and not is_live(s) then
    remove_members(s)
    s.created, s.size = 0, 0
  end
end

local function is_claimed(s)
  return s.owner ~= '' and s.lease > now
end

local function is_member(field)
  return string.sub(field, 1, 2) == 'm:'
end

-- Returns the reply of an earlier write, or nil.
local function earlier(s, write_id)
  -- Most ids are new: then nothing is unpacked.
  if s.writes and string.find(s.writes, write_id, 1, true) then
    for _, write in ipairs({cmsgpack.unpack(s.writes)}) do
      local id_and_reply = {cmsgpack.unpack(write)}
      if id_and_reply[1] == write_id then
        return {unpack(id_and_reply, 2)}
      end
    end
  end
end

-- Adds a write to the last ones. Requires a later call of store.
local function remember(s, write_id, reply, max_writes)
  s.writes = cmsgpack.pack(cmsgpack.pack(write_id, unpack(reply))) .. (s.writes or '')
  if #s.writes > 1024 then -- More writes take room, but unpacking them takes more time.
    local writes = {cmsgpack.unpack(s.writes)}
    s.writes = cmsgpack.pack(unpack(writes, 1, math.min(#writes, max_writes)))
  end
  s.writes_changed = true
end

-- fence is 0 for a writer without a claim.
local function is_superseded(s, fence)
  return fence > 0 and fence < s.fence
end

local function lost()
  return cmsgpack.pack('lost')
end

local function held(s)
  return cmsgpack.pack('held', s.held_by, s.lease, s.lease - now)
end

-- Returns the reply of a refused write, or nil. expect is a version, 0 for no state or -1 for any.
local function refusal(s, fence, expect)
  if fence > 0 and fence ~= s.fence then
    return lost()
  end
  if fence == 0 and is_claimed(s) then
    return held(s)
  end
  local present = is_live(s) and s.version or 0
  if expect >= 0 and expect ~= present then
    return cmsgpack.pack('mismatch', present)
  end
end

-- Returns the state. known is a version whose members are left out; -1 stands for any.
local function content(s, known)
  if not is_live(s) then
    return cmsgpack.pack('unknown')
  end
  local unchanged = known == s.version or known == -1
  local claimed = is_claimed(s)
  local parts = {cmsgpack.pack(unchanged and 'unchanged' or 'found', s.version, s.created, s.saved, s.expires,
    claimed and s.lease or 0, claimed and s.held_by or '')}
  if not unchanged then
    local fields = redis.call('HGETALL', s.key)
    for i = 1, #fields, 2 do
      if is_member(fields[i]) then
        parts[#parts + 1] = cmsgpack.pack(fields[i], fields[i + 1])
      end
    end
  end
  return table.concat(parts)
end
