-- SPDX-License-Identifier: Apache-2.0
-- Finds a session by the digest of its token: the minimum of a session lookup. Writes nothing.
-- KEYS[1] a hash with d(igest), e(nd in microseconds), u(ser), a(ttributes); ARGV[1] the digest
-- Reply   {user, attributes}, or {} if there is no such session
local session = redis.call('HMGET', KEYS[1], 'd', 'e', 'u', 'a')
local time = redis.call('TIME')
if session[1] ~= ARGV[1] or tonumber(session[2]) <= time[1] * 1000000 + time[2] then
  return {}
end
return {session[3], session[4]}
