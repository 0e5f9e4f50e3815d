-- SPDX-License-Identifier: Apache-2.0
-- Issues a successor of a key, which then ends with its grace period. Repeats the reply for the same successor.
--
-- KEYS[1]  the keys, see api-keys.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  id of the old key without the tag
-- ARGV[3]  id of the successor without the tag
-- ARGV[4]  digest of the successor
-- ARGV[5]  prefix of the successor of an imported key
-- ARGV[6]  grace period in microseconds
-- ARGV[7]  maximum number of keys
-- Reply    packed: {"issued", record of the successor, record of the old key}; without the old one, once it has ended
--          {"limit"}: the maximum is reached; nothing was changed
--          {"absent"}: no such key

-- include: api-keys.lua

local old, known = find(ARGV[2]), find(ARGV[3])
if known then
  return cmsgpack.pack('issued', known.packed, old and old.packed or '')
end
if not old then
  return cmsgpack.pack('absent')
end
if not has_room(tonumber(ARGV[7])) then
  return cmsgpack.pack('limit')
end
write(ARGV[3], {digest = ARGV[4], owner = old.owner, prefix = old.prefix == '' and ARGV[5] or old.prefix, name = old.name,
  scopes = old.scopes, attributes = old.attributes, created = now,
  expires = old.lifetime == 0 and 0 or now + old.lifetime, lifetime = old.lifetime})
local ends = now + ARGV[6]
if old.expires == 0 or ends < old.expires then
  old.expires = ends
  write(ARGV[2], old)
end
local live = sweep()
return cmsgpack.pack('issued', live[ARGV[3]].packed, old.packed)
