-- SPDX-License-Identifier: Apache-2.0
-- Ends connections.
--
-- KEYS     see presence.lua
-- KEYS[5]  the reply of this call, if it reports something
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- then for each connection: user id, connection id
-- Reply    packed: {"left", number of users who left, users who left …, users who departed …}
-- Error    CORRUPT, see presence.lua

-- include: presence.lua
local before = redis.call('GET', KEYS[5])
if before then
  return before
end
-- Validates all records before any change.
for i = 2, #ARGV, 2 do
  local _, _, since = connections(ARGV[i])
  if since == false then
    return redis.error_reply('CORRUPT presence')
  end
end

local departed = departed_users()
local left = {}
for i = 2, #ARGV, 2 do
  local user, connection = ARGV[i], ARGV[i + 1]
  local live, number, since, info = connections(user)
  if live and number == 0 then
    report(user, departed)
  elseif live and live[connection] then
    live[connection] = nil
    if number > 1 then
      write(user, live, since, info)
    else
      remove(user)
      left[#left + 1] = user
    end
  end
end
expire()
local parts = {cmsgpack.pack('left', #left)}
for _, users in ipairs({left, departed}) do
  for _, user in ipairs(users) do
    parts[#parts + 1] = cmsgpack.pack(user)
  end
end
return keep(KEYS[5], table.concat(parts), #left + #departed > 0)
