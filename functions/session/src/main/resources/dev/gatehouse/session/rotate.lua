-- Exchanges the token of a session, or tells again of the exchange. It is no use of the session.
--
-- KEYS[1]  the hash of a user's sessions, as sessions.lua has it
-- ARGV[1]  now in microseconds, 0 for Redis's own clock
-- ARGV[2]  the random part of the session's id
-- ARGV[3]  the digest of the token's secret
-- ARGV[4]  a nonce, of this exchange alone
-- ARGV[5]  the digest of the secret that the token and the nonce make
-- ARGV[6]  how long the token is to open the session still, in microseconds
-- Reply    packed: {"rotated", record}: with the nonce of its record the token makes the one that opens the session now
--          {"invalid"}: the token opens nothing; nothing was changed
--          {"unreadable"}: what is kept under that id, or the key, is none of ours; nothing was changed

local session, word = find(ARGV[2])
if not session then
  return cmsgpack.pack(word)
end
local digest, nonce = ARGV[3], ARGV[4]
-- Whoever knows the nonce is who asked before, and did not hear.
if digest == session.previous and (now < session.grace_ends or nonce == session.nonce) then
  return cmsgpack.pack('rotated', session.packed)
end
if digest ~= session.digest then
  return cmsgpack.pack('invalid')
end

session.previous, session.grace_ends, session.nonce, session.digest = digest, now + ARGV[6], nonce, ARGV[5]
write(session)
return cmsgpack.pack('rotated', session.packed)
