-- SPDX-License-Identifier: Apache-2.0
-- Deletes the use of a limit.
--
-- KEYS[1]  the limit, as check.lua stores it
-- ARGV[1]  unused
-- Reply    {"reset"} or, where nothing was used, {"unused"}

return {redis.call('DEL', KEYS[1]) == 1 and 'reset' or 'unused'}
