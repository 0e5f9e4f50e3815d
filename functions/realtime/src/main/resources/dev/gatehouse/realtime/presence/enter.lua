-- SPDX-License-Identifier: Apache-2.0
-- Enters a channel, or continues the presence of a connection.
--
-- KEYS     see presence.lua
-- KEYS[5]  the reply of this call, if it reports something
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  user id
-- ARGV[3]  connection id
-- ARGV[4]  time to live of the connection in microseconds
-- ARGV[5]  info, '' to leave it as it is
-- ARGV[6]  maximum number of connections of the user
-- Reply    packed: {"entered", 1 if the user joined, else 0, number of connections, end of this one, users who departed …}
-- Error    CORRUPT, see presence.lua

-- include: presence.lua
local user, connection, most = ARGV[2], ARGV[3], tonumber(ARGV[6])

local before = redis.call('GET', KEYS[5])
if before then
  return before
end
local live, number, since, info = connections(user)
if since == false then
  return redis.error_reply('CORRUPT presence')
end
local departed = departed_users()
local joined = not live or number == 0
if live and joined then
  report(user, departed)
end
if joined then
  live, number, since, info = {}, 0, now, ''
end
if not live[connection] then
  number = number + 1
end
live[connection] = now + ARGV[4]
if number > most then
  local first
  for id, its_end in pairs(live) do
    if id ~= connection and (not first or its_end < live[first] or its_end == live[first] and id < first) then
      first = id
    end
  end
  live[first] = nil
  number = most
end
write(user, live, since, ARGV[5] == '' and info or ARGV[5])
expire()
local reply = cmsgpack.pack('entered', joined and 1 or 0, number, live[connection], unpack(departed))
return keep(KEYS[5], reply, joined or #departed > 0)
