-- SPDX-License-Identifier: Apache-2.0
-- Changes a key.
--
-- KEYS[1]  the keys, see api-keys.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  id without the tag
-- ARGV[3]  '' to keep the name, else = and the new one
-- ARGV[4]  the same of the scopes
-- ARGV[5]  the same of the attributes
-- ARGV[6]  '' to keep the end, else the lifetime from now in microseconds, 0 for an unlimited one
-- Reply    packed: {"changed", record}
--          {"absent"}: no such key

-- include: api-keys.lua

local id = ARGV[2]
local found = find(id)
if not found then
  return cmsgpack.pack('absent')
end
local function changed(new, old)
  return new == '' and old or string.sub(new, 2)
end
found.name, found.scopes = changed(ARGV[3], found.name), changed(ARGV[4], found.scopes)
found.attributes = changed(ARGV[5], found.attributes)
if ARGV[6] ~= '' then
  found.lifetime = tonumber(ARGV[6])
  found.expires = found.lifetime == 0 and 0 or now + found.lifetime
end
write(id, found)
sweep()
return cmsgpack.pack('changed', found.packed)
