-- SPDX-License-Identifier: Apache-2.0
-- Deletes the record of a key, regardless of the owner.
--
-- KEYS[1]  the record, see record.lua
-- ARGV[1]  unused
-- Reply    packed: {"forgotten"}
--          {"absent"}

return cmsgpack.pack(redis.call('DEL', KEYS[1]) == 1 and 'forgotten' or 'absent')
