-- Checks that Redis accepts writes, with a key that expires.
--
-- KEYS[1]  a key used by this check only
-- ARGV[1]  unused
-- Reply    {"written"}

redis.call('SET', KEYS[1], '', 'PX', 1000)
return {'written'}
