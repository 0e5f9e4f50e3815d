-- Checks that Redis accepts writes by scripts in the clock mode in force, with a key that expires.
--
-- KEYS[1]  a key used by this check only
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- Reply    {"written"}

-- include: clock.lua
redis.call('SET', KEYS[1], now, 'PX', 1000)
return {'written'}
