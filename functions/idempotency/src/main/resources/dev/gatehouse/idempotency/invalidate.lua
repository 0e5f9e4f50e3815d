-- Forgets a key, whoever has claimed it.
--
-- KEYS[1]  the record, as claim.lua describes it
-- ARGV[1]  unused
-- Reply    packed: {"forgotten"}
--          {"absent"}

return cmsgpack.pack(redis.call('DEL', KEYS[1]) == 1 and 'forgotten' or 'absent')
