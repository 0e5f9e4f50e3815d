-- SPDX-License-Identifier: Apache-2.0
-- Finds a session and charges two GCRA limits of its user: the minimum of an authorizer.
-- KEYS[1] the session as in lookup.lua, KEYS[2], KEYS[3] the limits
-- ARGV[1] the digest, ARGV[2] emission interval and ARGV[3] burst tolerance, both in microseconds
-- Reply   {1, user, attributes}, or {0} if not authorized
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local digest, ends, user, attributes = unpack(redis.call('HMGET', KEYS[1], 'd', 'e', 'u', 'a'))
if digest ~= ARGV[1] or tonumber(ends) <= now then
  return {0}
end
local interval, tolerance = tonumber(ARGV[2]), tonumber(ARGV[3])
for i = 2, 3 do
  local tat = math.max(tonumber(redis.call('GET', KEYS[i]) or 0), now) + interval
  if tat - tolerance > now then
    return {0}
  end
  redis.call('SET', KEYS[i], string.format('%.0f', tat), 'PX', math.ceil((tat - now) / 1000))
end
return {1, user, attributes}
