-- SPDX-License-Identifier: Apache-2.0
-- Ends all sessions of a user except one. Removes unreadable records too, because a later version may have written them.
--
-- KEYS[1]  the sessions, see sessions.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  user id
-- ARGV[3]  random part of the id of the session to keep, '' for none
-- Reply    packed: {"revoked", number of live sessions ended}
--          {"unreadable"}: the key holds no sessions; nothing was changed

-- include: sessions.lua

if foreign then
  return cmsgpack.pack('unreadable')
end
local live, unreadable = all()
local left, revoked = {}, 0
for _, session in ipairs(live) do
  if session.user == ARGV[2] and session.id ~= ARGV[3] then
    redis.call('HDEL', key, session.id)
    revoked = revoked + 1
  else
    left[#left + 1] = session
  end
end
for _, id in ipairs(unreadable) do
  redis.call('HDEL', key, id)
end
last_as_long_as(left, {})
return cmsgpack.pack('revoked', revoked)
