-- SPDX-License-Identifier: Apache-2.0
-- Ends a claim. Its fence remains the last.
--
-- KEYS[1]  the state, see state.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  how long a record remains, see state.lua
-- ARGV[3]  fence
-- Reply    packed: {"released"}: the claim has ended, now or before
--          {"lost"}: a greater fence was granted; nothing was changed
-- Error    CORRUPT, see state.lua

-- include: state.lua
local fence = tonumber(ARGV[3])
local s = load(KEYS[1])
if not s then
  return redis.error_reply('CORRUPT state')
end
if is_superseded(s, fence) then
  return lost()
end
if s.fence == fence and s.owner ~= '' then
  s.owner, s.held_by, s.at, s.lease = '', '', 0, 0
  store(s)
end
return cmsgpack.pack('released')
