-- Forgets what is used of a limit.
--
-- KEYS     one, as check.lua keeps it
-- Reply    {"reset"} or, where nothing was used, {"unused"}

return {redis.call('DEL', KEYS[1]) == 1 and 'reset' or 'unused'}
