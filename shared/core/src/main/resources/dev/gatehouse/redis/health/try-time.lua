-- SPDX-License-Identifier: Apache-2.0
-- Checks whether a script may call TIME.
--
-- KEYS[1]  any key; some services reject scripts without one
-- ARGV[1]  unused
-- Reply    {"as-expected"} or {"otherwise"}

return {redis.pcall('TIME').err and 'otherwise' or 'as-expected'}
