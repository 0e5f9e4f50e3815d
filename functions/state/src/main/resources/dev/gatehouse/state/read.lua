-- SPDX-License-Identifier: Apache-2.0
-- Returns a state.
--
-- KEYS[1]  the state, see state.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  how long a record remains, see state.lua
-- ARGV[3]  a version whose members are left out; 0 for none, -1 for any
-- Reply    packed: {"found", version, created at, saved at, expiry, end of the live lease or 0, held by} and for each member
--          "m:<name>" and its JSON text
--          {"unchanged", version, created at, saved at, expiry, end of the live lease or 0, held by}
--          {"unknown"}
-- Error    CORRUPT, see state.lua

-- include: state.lua
local s = load(KEYS[1])
if not s then
  return redis.error_reply('CORRUPT state')
end
return content(s, tonumber(ARGV[3]))
