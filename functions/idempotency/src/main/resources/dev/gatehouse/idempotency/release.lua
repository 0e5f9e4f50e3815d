-- SPDX-License-Identifier: Apache-2.0
-- Releases the claim without a result, if the owner holds it.
--
-- KEYS[1]  the record, see record.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  owner
-- Reply    packed: {"released"}: the key is free
--          {"absent"}: the key was already free
--          {"lost"}: the work is completed, or another owner holds the claim; nothing was changed
-- Error    CORRUPT, see record.lua

-- include: record.lua

if not state then
  return cmsgpack.pack('absent')
end
if state == 2 or owner ~= ARGV[2] then
  return cmsgpack.pack('lost')
end
redis.call('DEL', key)
return cmsgpack.pack('released')
