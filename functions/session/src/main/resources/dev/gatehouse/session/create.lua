-- SPDX-License-Identifier: Apache-2.0
-- Creates a session, and ends the user's oldest ones if necessary. Repeats the reply for the same token.
--
-- KEYS[1]  the sessions, see sessions.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  random part of the session id
-- ARGV[3]  digest of the token's secret
-- ARGV[4]  user id
-- ARGV[5]  attributes, packed
-- ARGV[6]  device, packed
-- ARGV[7]  idle timeout in microseconds
-- ARGV[8]  absolute timeout in microseconds
-- ARGV[9]  maximum number of live sessions of the user, including this one
-- ARGV[10] 1 to end older sessions at the maximum, 0 to create none
-- ARGV[11] actor, '' for none
-- ARGV[12] log or revoke: the reaction to the reuse of a replaced token; '' for the setting
-- Reply    packed: {"created", record, number of older sessions ended}
--          {"limit"}: the maximum is reached; none was created or ended
-- Error    TAKEN: another token opens the live session with that id; nothing was changed
--          WRONGTYPE: the key holds no sessions; nothing was changed

-- include: sessions.lua

local id, digest, user, most = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[9])

local known = find(id)
if known then
  if known.digest ~= digest or known.user ~= user then
    return redis.error_reply('TAKEN session')
  end
  return cmsgpack.pack('created', shown(known), 0)
end

local expires, idle = now + ARGV[8], tonumber(ARGV[7])
local session = {id = id, digest = digest, previous = '', grace_ends = 0, seen = now,
  idle_ends = math.min(now + idle, expires), expires = expires, idle = idle, created = now, version = 1, nonce = '',
  user = user, attributes = ARGV[5], device = ARGV[6], level = '', level_ends = 0, authenticated = now, old_level = '',
  old_level_ends = 0, old_authenticated = now, actor = ARGV[11], on_reuse = ARGV[12]}

-- Below the maximum, only every 32nd creation scans the other sessions and removes ended ones.
local stored = redis.call('HLEN', key)
if stored < most and stored > 32 and stored % 32 > 0 then
  write(session)
  last_until(session.idle_ends)
  return cmsgpack.pack('created', session.packed, 0)
end

local live, unreadable = all()
local own = {}
for _, other in ipairs(live) do
  if other.user == user then
    own[#own + 1] = other
  end
end

local evicted = math.max(0, #own + 1 - most)
if evicted > 0 then
  if ARGV[10] == '0' then
    last_as_long_as(live, unreadable)
    return cmsgpack.pack('limit')
  end
  table.sort(own, function(one, other)
    return one.created < other.created or (one.created == other.created and one.id < other.id)
  end)
  for i = 1, evicted do
    redis.call('HDEL', key, own[i].id)
    own[i].idle_ends = now
  end
end

write(session)
live[#live + 1] = session
last_as_long_as(live, unreadable)
return cmsgpack.pack('created', session.packed, evicted)
