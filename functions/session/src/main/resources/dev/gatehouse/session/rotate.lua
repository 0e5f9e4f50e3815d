-- Replaces the token of a session, or repeats the reply to an earlier rotation. It does not count as use of the session.
--
-- KEYS[1]  the sessions, see sessions.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  random part of the session id
-- ARGV[3]  digest of the token's secret
-- ARGV[4]  nonce, used in this rotation only
-- ARGV[5]  digest of the new secret, which derives from token and nonce
-- ARGV[6]  grace period of the old token in microseconds
-- ARGV[7]  1 to end the session if its replaced token is reused, else 0
-- Reply    packed: {"rotated", record}: the new token derives from the token and the nonce in the record
--          {"invalid"}: the token opens no session; nothing was changed
--          {"reused", 1 if this is the first report, else 0}: the token was replaced, and its grace period is over
--          {"unreadable"}: the record or the key is not a session; nothing was changed

-- include: sessions.lua

local session, word = find(ARGV[2])
if not session then
  return cmsgpack.pack(word)
end
local digest, nonce = ARGV[3], ARGV[4]
-- The same nonce means that the caller repeats its request after a lost reply.
if digest == session.previous and (now < session.grace_ends or nonce == session.nonce) then
  return cmsgpack.pack('rotated', session.packed)
end
if digest == session.previous then
  if ARGV[7] == '1' then
    redis.call('HDEL', key, session.id)
    return cmsgpack.pack('reused', 1)
  end
  if session.grace_ends == 0 then
    return cmsgpack.pack('reused', 0)
  end
  session.grace_ends = 0
  write(session)
  return cmsgpack.pack('reused', 1)
end
if digest ~= session.digest then
  return cmsgpack.pack('invalid')
end

session.previous, session.grace_ends, session.nonce, session.digest = digest, now + ARGV[6], nonce, ARGV[5]
write(session)
return cmsgpack.pack('rotated', session.packed)
