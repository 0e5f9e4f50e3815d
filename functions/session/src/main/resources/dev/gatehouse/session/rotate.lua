-- SPDX-License-Identifier: Apache-2.0
-- Replaces the token of a session, or repeats the reply to an earlier rotation. It does not count as use of the session. An
-- elevation is a rotation that grants a level to the new token, and to no other.
--
-- KEYS[1]  the sessions, see sessions.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  random part of the session id
-- ARGV[3]  digest of the token's secret
-- ARGV[4]  nonce, used in this rotation only; see sessions.lua
-- ARGV[5]  digest of the new secret, which derives from token and nonce
-- ARGV[6]  grace period of the old token in microseconds
-- ARGV[7]  1 to end the session if a replaced token is reused, else 0
-- ARGV[8]  duration of the level in microseconds, if the nonce grants one
-- Reply    packed: {"rotated", record}: the new token derives from the token and the nonce in the record
--          {"invalid"}: the token opens no session; nothing was changed
--          {"reused", 1 if this is the first report of the token, else 0, 1 if the session has ended, else 0}: it was
--          replaced, and its grace period is over
--          {"unreadable"}: the record or the key is not a session; nothing was changed

-- include: sessions.lua
-- include: replaced-tokens.lua

local session, word = find(ARGV[2])
if not session then
  return cmsgpack.pack(word)
end
local digest, nonce = ARGV[3], ARGV[4]
local level = string.sub(nonce, 19)

if digest ~= session.digest then
  local at, ends = find_replaced(session.previous, session.grace_ends, digest)
  -- The same nonce means that the caller repeats its request after a lost reply. A plain rotation must not return the token
  -- of an elevation, nor an elevation the token of a plain rotation, whose holder may be another.
  if at == 1 and (nonce == session.nonce or now < ends and level == string.sub(session.nonce, 19)) then
    return cmsgpack.pack('rotated', shown(session))
  end
  if not ends or now < ends then
    return cmsgpack.pack('invalid')
  end
  local revoked = session.on_reuse == 'revoke' or session.on_reuse == '' and ARGV[7] == '1'
  if revoked then
    redis.call('HDEL', key, session.id)
  elseif ends > 0 then
    session.previous, session.grace_ends = report_reuse(session.previous, session.grace_ends, at)
    write(session)
  end
  return cmsgpack.pack('reused', (revoked or ends > 0) and 1 or 0, revoked and 1 or 0)
end

session.previous = add_replaced(session.previous, session.grace_ends, digest)
session.grace_ends, session.nonce, session.digest = now + ARGV[6], nonce, ARGV[5]
if now >= session.level_ends then
  session.level = ''
end
session.old_level, session.old_level_ends, session.old_authenticated =
  session.level, session.level_ends, session.authenticated
if level ~= '' then
  session.level, session.level_ends, session.authenticated = level, math.min(now + ARGV[8], session.expires), now
end
write(session)
return cmsgpack.pack('rotated', session.packed)
