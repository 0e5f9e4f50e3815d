-- SPDX-License-Identifier: Apache-2.0
-- Returns the live sessions of a user.
--
-- KEYS[1]  the sessions, see sessions.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  user id
-- Reply    packed: {"listed", number of unreadable records, then random part of the id and record of each session,
--          unordered}
--          {"unreadable"}: the key holds no sessions; nothing was changed

-- include: sessions.lua

if foreign then
  return cmsgpack.pack('unreadable')
end
local live, unreadable = all()
last_as_long_as(live, unreadable)
local reply = {'listed', #unreadable}
for _, session in ipairs(live) do
  if session.user == ARGV[2] then
    reply[#reply + 1] = session.id
    reply[#reply + 1] = shown(session)
  end
end
return cmsgpack.pack(unpack(reply))
