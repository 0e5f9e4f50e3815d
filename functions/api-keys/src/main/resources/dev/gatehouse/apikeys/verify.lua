-- SPDX-License-Identifier: Apache-2.0
-- Verifies a key. Does not include api-keys.lua, whose functions take longer to create than this script takes to run.
--
-- KEYS[1]  the keys, see api-keys.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  id without the tag
-- ARGV[3]  digest of the key
-- then     the required scopes
-- Reply    packed: {"found", record}
--          {"lacking", record}: the key is valid, but lacks a required scope
--          {"invalid"}
--          {"unreadable"}: the record is not a key

local packed = redis.call('HGET', KEYS[1], ARGV[2])
if not packed then
  return cmsgpack.pack('invalid')
end
local readable, digest, owner, prefix, name, scopes, attributes, created, expires, lifetime, more =
  pcall(cmsgpack.unpack, packed)
if not readable or type(scopes) ~= 'string' or type(expires) ~= 'number' or type(lifetime) ~= 'number' or more then
  return cmsgpack.pack('unreadable')
end
-- Lua interns strings and compares their addresses, so this takes constant time.
if digest ~= ARGV[3] then
  return cmsgpack.pack('invalid')
end
if expires > 0 then
-- include: clock.lua
  if now >= expires then
    return cmsgpack.pack('invalid')
  end
end
for i = 4, #ARGV do
  if not string.find(' ' .. scopes .. ' ', ' ' .. ARGV[i] .. ' ', 1, true) then
    return cmsgpack.pack('lacking', packed)
  end
end
return cmsgpack.pack('found', packed)
