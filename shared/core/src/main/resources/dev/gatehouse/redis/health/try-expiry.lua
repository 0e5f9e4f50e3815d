-- Tells whether the trial's key is still there; what sets it gave it a few milliseconds to live.
--
-- KEYS[1]  a key of this trial alone
-- ARGV[1]  unused
-- Reply    {"as-expected"}: it is gone; {"otherwise"}: it has outlived its time

return {redis.call('EXISTS', KEYS[1]) == 0 and 'as-expected' or 'otherwise'}
