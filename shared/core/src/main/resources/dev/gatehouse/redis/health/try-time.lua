-- Tells whether a script may ask for the time.
--
-- KEYS[1]  any key, for some services refuse scripts without one
-- ARGV[1]  unused
-- Reply    {"as-expected"} or {"otherwise"}

return {redis.pcall('TIME').err and 'otherwise' or 'as-expected'}
