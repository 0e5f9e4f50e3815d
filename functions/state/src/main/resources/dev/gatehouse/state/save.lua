-- SPDX-License-Identifier: Apache-2.0
-- Saves or merges states: all of them, or none.
--
-- KEYS     the states, see state.lua; then the index of their group, if they have one, see index.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  how long a record remains, see state.lua
-- ARGV[3]  number of states
-- ARGV[4]  life of a new state in microseconds, unless its write has one
-- ARGV[5]  maximum size of a state in bytes
-- ARGV[6]  number of last writes to remember at least
-- then for each state: id, expected version (0 for no state, -1 for any), fence or 0, id of the write, life in microseconds (0
--          to keep the end of an existing state), 1 for a merge or 0, number of members, and for each member "m:<name>" and
--          its JSON text, 'null' to remove it in a merge
-- Reply    packed: {"saved"} and for each state 1 if the write is repeated, which changes nothing, else 0; version,
--          created at, saved at, expiry, 1 if it is new, else 0
--          {"refused", number of the write from 0, "lost"}: its claim is not the last
--          {"refused", number, "held", held by, end of the lease, microseconds until then}
--          {"refused", number, "mismatch", present version or 0}
--          {"refused", number, "too-large"}
-- Error    CORRUPT, see state.lua; WRONGTYPE, see index.lua

-- include: index.lua
local count, new_life, max_size, max_writes = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local index = KEYS[count + 1]

-- Returns the size of the state after the write.
local function size_after(w)
  local s = w.state
  local keeps = w.merges and is_live(s)
  local size = keeps and s.size or 0
  for i = w.from, w.to, 2 do
    local name, text = ARGV[i], ARGV[i + 1]
    -- Counted without "m:", but with four bytes of punctuation.
    local before = keeps and redis.call('HSTRLEN', s.key, name) or 0
    if before > 0 then
      size = size - #name - 2 - before
    end
    if not (w.merges and text == 'null') then
      size = size + #name + 2 + #text
    end
  end
  return size
end

local function apply(w)
  local s, removed, set = w.state, {}, {}
  local is_new = not is_live(s)
  if s.created > 0 and (is_new or not w.merges) then
    remove_members(s)
  end
  if is_new then
    s.created = now
  end
  if w.life > 0 or is_new then
    s.expires = now + (w.life > 0 and w.life or new_life)
  end
  s.version, s.saved, s.size = math.max(now, s.version + 1), now, w.size
  for i = w.from, w.to, 2 do
    if w.merges and ARGV[i + 1] == 'null' then
      removed[#removed + 1] = ARGV[i]
    else
      set[#set + 1] = ARGV[i]
      set[#set + 1] = ARGV[i + 1]
    end
  end
  local reply = {s.version, s.created, s.saved, s.expires, is_new and 1 or 0}
  remember(s, w.id, reply, max_writes)
  call_in_parts('HDEL', s.key, removed)
  store(s, set)
  if index then
    add_to_index(index, w.name, s)
  end
  return reply
end

local writes, at = {}, 7
for i = 1, count do
  local s = load(KEYS[i])
  if not s then
    return redis.error_reply('CORRUPT state')
  end
  local w = {state = s, name = ARGV[at], id = ARGV[at + 3], life = tonumber(ARGV[at + 4]), merges = ARGV[at + 5] == '1',
    from = at + 7, to = at + 6 + 2 * ARGV[at + 6]}
  local expect, fence = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local refused
  if is_superseded(s, fence) then
    refused = lost()
  else
    w.reply = earlier(s, w.id)
  end
  if not w.reply and not refused then
    w.size = size_after(w)
    refused = refusal(s, fence, expect) or (w.size > max_size and cmsgpack.pack('too-large'))
  end
  if refused then
    return cmsgpack.pack('refused', i - 1) .. refused
  end
  writes[i], at = w, w.to + 1
end

if index then
  trim_index(index)
end
local reply = {cmsgpack.pack('saved')}
for i, w in ipairs(writes) do
  reply[i + 1] = cmsgpack.pack(w.reply and 1 or 0, unpack(w.reply or apply(w)))
end
if index then
  expire_index(index)
end
return table.concat(reply)
