-- Runs one script and then, if its reply begins with a certain word, another, both at the same time. Each is a function
-- of keys and arguments of its own, which hide those of all.
--
-- KEYS     the first's, then the second's
-- ARGV[1]  now in microseconds, 0 for Redis's own clock, which is asked once
-- ARGV[2]  how many keys are the first's
-- ARGV[3]  how many arguments are the first's
-- then     the first's arguments, then the second's
-- Reply    packed: {the first's reply}, or {the first's reply, the second's}, each packed itself
-- Error    the first's or the second's

local now = tonumber(ARGV[1])
if now == 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end

local function first(KEYS, ARGV)
--FIRST
end

local function second(KEYS, ARGV)
--SECOND
end

-- What is not packed is an error.
local keys, args = tonumber(ARGV[2]), 3 + tonumber(ARGV[3])
local reply = first({unpack(KEYS, 1, keys)}, {now, unpack(ARGV, 4, args)})
if type(reply) ~= 'string' then
  return reply
end
if string.sub(reply, 1, LENGTH) ~= 'WORD' then
  return cmsgpack.pack(reply)
end
local then_reply = second({unpack(KEYS, keys + 1)}, {now, unpack(ARGV, args + 1)})
if type(then_reply) ~= 'string' then
  return then_reply
end
return cmsgpack.pack(reply, then_reply)
