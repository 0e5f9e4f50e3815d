-- Ends a session.
--
-- KEYS[1]  the hash of a user's sessions, as sessions.lua has it
-- ARGV[1]  now in microseconds, 0 for Redis's own clock
-- ARGV[2]  the random part of the session's id
-- Reply    packed: {"revoked", 1 if it was live, else 0}
--          {"unreadable"}: what was kept under that id was none of ours, and is gone; or the key is none, and is left

local session, word = find(ARGV[2])
if not foreign then
  redis.call('HDEL', key, ARGV[2])
end
if word == 'unreadable' then
  return cmsgpack.pack(word)
end
return cmsgpack.pack('revoked', session and 1 or 0)
