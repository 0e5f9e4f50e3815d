-- SPDX-License-Identifier: Apache-2.0
-- Ends a key.
--
-- KEYS[1]  the keys, see api-keys.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  id without the tag
-- Reply    packed: {"revoked", its record}
--          {"absent"}: it was not live

-- include: api-keys.lua

local found = find(ARGV[2])
redis.call('HDEL', key, ARGV[2])
sweep()
return found and cmsgpack.pack('revoked', found.packed) or cmsgpack.pack('absent')
