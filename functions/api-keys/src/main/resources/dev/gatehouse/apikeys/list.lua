-- SPDX-License-Identifier: Apache-2.0
-- Returns the live keys of an owner.
--
-- KEYS[1]  the keys, see api-keys.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  owner id
-- Reply    packed: {"listed", then the record of each key, unordered}

-- include: api-keys.lua

local reply = {'listed'}
for _, found in pairs(sweep()) do
  if found.owner == ARGV[2] then
    reply[#reply + 1] = found.packed
  end
end
return cmsgpack.pack(unpack(reply))
