-- SPDX-License-Identifier: Apache-2.0
-- Deletes the content of a state. Its record remains, and so does a claim.
--
-- KEYS[1]  the state, see state.lua
-- KEYS[2]  the index of its group, if it has one, see index.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  how long a record remains, see state.lua
-- ARGV[3]  id of the state
-- ARGV[4]  expected version, 0 for no state or -1 for any
-- ARGV[5]  fence or 0
-- ARGV[6]  id of the deletion: repeated, it deletes nothing that was saved since
-- ARGV[7]  number of last writes to remember at least
-- Reply    packed: {"deleted"}: there is no state, or this deletion has removed it before
--          {"lost"}, {"held", …} or {"mismatch", …} as in save.lua; nothing was changed
-- Error    CORRUPT, see state.lua; WRONGTYPE, see index.lua

-- include: index.lua
local id, expect, fence, write_id = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6]
local s = load(KEYS[1])
if not s then
  return redis.error_reply('CORRUPT state')
end
if is_superseded(s, fence) then
  return lost()
end
if not is_live(s) or earlier(s, write_id) then
  return cmsgpack.pack('deleted')
end
local refused = refusal(s, fence, expect)
if refused then
  return refused
end
if KEYS[2] then
  trim_index(KEYS[2])
end
remove_members(s)
s.created, s.size, s.expires = 0, 0, now
remember(s, write_id, {0, 0, 0, 0, 0}, tonumber(ARGV[7]))
store(s)
if KEYS[2] then
  redis.call('ZREM', KEYS[2], id, ' ' .. id)
  expire_index(KEYS[2])
end
return cmsgpack.pack('deleted')
