-- Begins a session, if need be by ending the user's oldest, or tells again of the one that this token opens.
--
-- KEYS[1]  the hash of the user's sessions, as sessions.lua has it
-- ARGV[1]  now in microseconds, 0 for Redis's own clock
-- ARGV[2]  the random part of the session's id
-- ARGV[3]  the digest of the token's secret
-- ARGV[4]  the user's id
-- ARGV[5]  the attributes, packed
-- ARGV[6]  the device, packed
-- ARGV[7]  how long it lives without use, in microseconds
-- ARGV[8]  how long it lives at most, in microseconds
-- ARGV[9]  how many live sessions the user may have with this one
-- ARGV[10] 1 if older ones are to make room, 0 if then none is begun
-- Reply    packed: {"created", record, how many older ones were ended}
--          {"limit"}: there are as many as there may be; none was begun nor ended
-- Error    TAKEN: another token opens the live session of that id; nothing was changed
--          WRONGTYPE: the key is none of ours; nothing was changed

local id, digest, user, most = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[9])

local known = find(id)
if known then
  if known.digest ~= digest or known.user ~= user then
    return redis.error_reply('TAKEN session')
  end
  return cmsgpack.pack('created', known.packed, 0)
end

local expires, idle = now + ARGV[8], tonumber(ARGV[7])
local session = {id = id, digest = digest, previous = '', grace_ends = 0, seen = now,
  idle_ends = math.min(now + idle, expires), expires = expires, idle = idle, created = now, version = 1, nonce = '',
  user = user, attributes = ARGV[5], device = ARGV[6]}

-- Of many that are fewer than there may be, one more needs no look at the others, but for each 32nd, which clears away.
local kept = redis.call('HLEN', key)
if kept < most and kept > 32 and kept % 32 > 0 then
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
