-- SPDX-License-Identifier: Apache-2.0
-- Issues a key. Repeats the reply for the same digest.
--
-- KEYS[1]  the keys, see api-keys.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  id without the tag
-- ARGV[3]  to ARGV[8]: digest, owner, prefix, name, scopes, attributes
-- ARGV[9]  lifetime in microseconds, 0 for an unlimited one
-- ARGV[10] maximum number of keys
-- Reply    packed: {"issued", record}
--          {"limit"}: the maximum is reached; nothing was issued
-- Error    TAKEN: another key has that id; nothing was changed

-- include: api-keys.lua

local id, lifetime = ARGV[2], tonumber(ARGV[9])
local known = find(id)
if known then
  if known.digest ~= ARGV[3] or known.owner ~= ARGV[4] then
    return redis.error_reply('TAKEN key')
  end
  return cmsgpack.pack('issued', known.packed)
end
if not has_room(tonumber(ARGV[10])) then
  return cmsgpack.pack('limit')
end
local issued = {digest = ARGV[3], owner = ARGV[4], prefix = ARGV[5], name = ARGV[6], scopes = ARGV[7],
  attributes = ARGV[8], created = now, expires = lifetime == 0 and 0 or now + lifetime, lifetime = lifetime}
write(id, issued)
sweep()
return cmsgpack.pack('issued', issued.packed)
