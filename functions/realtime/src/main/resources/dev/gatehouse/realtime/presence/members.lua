-- SPDX-License-Identifier: Apache-2.0
-- Lists the users who are present, in the order of their ids.
--
-- KEYS     see presence.lua
-- KEYS[5]  the reply of this call, if it reports something
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  maximum number of users
-- ARGV[3]  user id after which the page begins, or ''
-- Reply    packed: {"members", number of all users, 1 if more may follow, else 0, number of users who departed, these …, then
--          for each user: user id, number of connections, time of joining, info}
-- Error    CORRUPT, see presence.lua

-- include: presence.lua
local before = redis.call('GET', KEYS[5])
if before then
  return before
end
local limit, after = tonumber(ARGV[2]), ARGV[3] == '' and '-' or '(' .. ARGV[3]
-- A departure that was not reported yet may be among the names.
local unreported = redis.call('ZCOUNT', ends, '-inf', now)
local found = redis.call('ZRANGEBYLEX', names, after, '+', 'LIMIT', 0, limit + unreported + 1)
local listed, more = {}, 0
for _, user in ipairs(found) do
  local live, number, since, info = connections(user)
  if since == false then
    return redis.error_reply('CORRUPT presence')
  end
  if live and number > 0 then
    if #listed == limit then
      more = 1
      break
    end
    listed[#listed + 1] = cmsgpack.pack(user, number, since, info)
  end
end
local departed = departed_users()
expire()
local parts = {cmsgpack.pack('members', redis.call('ZCOUNT', ends, now + 1, '+inf'), more, #departed)}
for _, user in ipairs(departed) do
  parts[#parts + 1] = cmsgpack.pack(user)
end
parts[#parts + 1] = table.concat(listed)
return keep(KEYS[5], table.concat(parts), #departed > 0)
