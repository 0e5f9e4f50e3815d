-- SPDX-License-Identifier: Apache-2.0
-- Ends a session.
--
-- KEYS[1]  the sessions, see sessions.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  random part of the session id
-- Reply    packed: {"revoked", 1 if it was live, else 0}
--          {"unreadable"}: the record was not a session and is removed; or the key holds no sessions and is unchanged

-- include: sessions.lua

local session, word = find(ARGV[2])
if not foreign then
  redis.call('HDEL', key, ARGV[2])
end
if word == 'unreadable' then
  return cmsgpack.pack(word)
end
return cmsgpack.pack('revoked', session and 1 or 0)
