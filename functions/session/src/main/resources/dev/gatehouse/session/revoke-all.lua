-- Ends all sessions of a user but for one. What cannot be read goes too: a version to come may have written it.
--
-- KEYS[1]  the hash of the user's sessions, as sessions.lua has it
-- ARGV[1]  now in microseconds, 0 for Redis's own clock
-- ARGV[2]  the user's id
-- ARGV[3]  the random part of the id of the one that is to stay, '' for none
-- Reply    packed: {"revoked", how many that were live}
--          {"unreadable"}: the key is none of ours; nothing was changed

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
