-- Writes a key that expires, as decisions do, for the sake of being let to.
--
-- KEYS[1]  a key of this trial alone
-- ARGV[1]  unused
-- Reply    {"written"}

redis.call('SET', KEYS[1], '', 'PX', 1000)
return {'written'}
