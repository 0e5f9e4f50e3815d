-- SPDX-License-Identifier: Apache-2.0
-- Checks that a key with a short expiry has expired.
--
-- KEYS[1]  a key used by this check only
-- ARGV[1]  unused
-- Reply    {"as-expected"}: it has expired; {"otherwise"}: it still exists

return {redis.call('EXISTS', KEYS[1]) == 0 and 'as-expected' or 'otherwise'}
