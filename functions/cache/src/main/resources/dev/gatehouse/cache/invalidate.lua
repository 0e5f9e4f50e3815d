-- SPDX-License-Identifier: Apache-2.0
-- Deletes the value of a key or marks it stale, and voids the load in progress. Safe to repeat.
--
-- KEYS     see scope.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  1 to mark the value stale, 0 to delete it
-- Reply    packed: {"invalidated"}

-- include: scope.lua
-- include: entry.lua
-- include: lease.lua
local entry
if ARGV[2] == '1' then
  entry = read_entry()
else
  read_scope({})
end
read_lease()

void_lease()
if entry then
  entry.marked = true
  write_entry(entry)
else
  -- Also an expired one: it would be fresh again if the clock stepped back.
  redis.call('DEL', entry_key)
end
return cmsgpack.pack('invalidated')
