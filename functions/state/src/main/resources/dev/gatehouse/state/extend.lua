-- SPDX-License-Identifier: Apache-2.0
-- Extends the lease of a claim, see state.lua.
--
-- KEYS[1]  the state, see state.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  how long a record remains, see state.lua
-- ARGV[3]  fence
-- ARGV[4]  length of the lease from now, in microseconds
-- Reply    packed: {"extended", end of the lease}
--          {"lost"}: the claim is not the last, or was released; nothing was changed
-- Error    CORRUPT, see state.lua

-- include: state.lua
local s = load(KEYS[1])
if not s then
  return redis.error_reply('CORRUPT state')
end
if s.owner == '' or s.fence ~= tonumber(ARGV[3]) then
  return lost()
end
extend_lease(s, ARGV[4])
store(s)
return cmsgpack.pack('extended', s.lease)
