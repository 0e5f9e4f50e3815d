-- SPDX-License-Identifier: Apache-2.0
-- Removes the pointer from an imported key to its owner.
--
-- KEYS[1]  see import.lua
-- ARGV[1]  now in microseconds, unused
-- ARGV[2]  tag of the owner
-- Reply    packed: {"removed"}

if redis.call('GET', KEYS[1]) == ARGV[2] then
  redis.call('DEL', KEYS[1])
end
return cmsgpack.pack('removed')
