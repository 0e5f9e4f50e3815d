-- Deletes the value of a key or marks it stale, and voids the load in progress. Safe to repeat.
--
-- KEYS     see state.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  1 to mark the value stale, 0 to delete it
-- Reply    packed: {"invalidated"}

-- include: entry.lua

void_lease()
if ARGV[2] == '0' then
  redis.call('DEL', entry_key)
else
  local entry = read_entry()
  if entry then
    entry.marked = true
    write_entry(entry)
  end
end
return cmsgpack.pack('invalidated')
