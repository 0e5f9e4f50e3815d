-- Replaces the token of a session, or repeats the reply to an earlier rotation. It does not count as use of the session.
--
-- KEYS[1]  the sessions, see sessions.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  random part of the session id
-- ARGV[3]  digest of the token's secret
-- ARGV[4]  nonce, used in this rotation only; see sessions.lua
-- ARGV[5]  digest of the new secret, which derives from token and nonce
-- ARGV[6]  grace period of the old token in microseconds
-- ARGV[7]  1 to end the session if a replaced token is reused, else 0
-- Reply    packed: {"rotated", record}: the new token derives from the token and the nonce in the record
--          {"invalid"}: the token opens no session; nothing was changed
--          {"reused", 1 if this is the first report of the token, else 0}: it was replaced, and its grace period is over
--          {"unreadable"}: the record or the key is not a session; nothing was changed

-- include: sessions.lua
-- include: replaced-tokens.lua

local session, word = find(ARGV[2])
if not session then
  return cmsgpack.pack(word)
end
local digest, nonce = ARGV[3], ARGV[4]

if digest ~= session.digest then
  local at, ends = find_replaced(session.previous, session.grace_ends, digest)
  -- The same nonce means that the caller repeats its request after a lost reply.
  if at == 1 and (now < ends or nonce == session.nonce) then
    return cmsgpack.pack('rotated', session.packed)
  end
  if not ends or now < ends then
    return cmsgpack.pack('invalid')
  end
  if ARGV[7] == '1' then
    redis.call('HDEL', key, session.id)
  elseif ends > 0 then
    session.previous, session.grace_ends = report_reuse(session.previous, session.grace_ends, at)
    write(session)
  end
  return cmsgpack.pack('reused', (ARGV[7] == '1' or ends > 0) and 1 or 0)
end

session.previous = add_replaced(session.previous, session.grace_ends, digest)
session.grace_ends, session.nonce, session.digest = now + ARGV[6], nonce, ARGV[5]
write(session)
return cmsgpack.pack('rotated', session.packed)
