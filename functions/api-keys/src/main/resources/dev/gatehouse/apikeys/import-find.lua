-- SPDX-License-Identifier: Apache-2.0
-- Returns the owner of an imported key.
--
-- KEYS[1]  see import.lua
-- ARGV[1]  now in microseconds, unused
-- Reply    packed: {tag of the owner}, '' if there is none

return cmsgpack.pack(redis.call('GET', KEYS[1]) or '')
