-- Writes a key that expires, reads it and deletes it, in one step.
--
-- KEYS[1]  a key used by this check only
-- ARGV[1]  unused
-- Reply    {"as-expected"} or {"otherwise"}

redis.call('SET', KEYS[1], 'gatehouse', 'PX', 10000)
local read = redis.call('GET', KEYS[1])
redis.call('DEL', KEYS[1])
return {read == 'gatehouse' and 'as-expected' or 'otherwise'}
