-- Runs one script and then, if its reply begins with a certain word, another, both at the same time. Each is a function
-- of keys and arguments of its own, which hide those of all.
--
-- KEYS     the first's, then the second's
-- ARGV[1]  now in microseconds, 0 for Redis's own clock, which is asked once
-- ARGV[2]  how many keys are the first's
-- ARGV[3]  how many arguments are the first's
-- then     the first's arguments, then the second's
-- Reply    {the first's reply}, or {the first's reply, the second's}, which may be packed
-- Error    the first's or the second's

local now = ARGV[1]
if now == '0' then
  local time = redis.call('TIME')
  now = string.format('%.0f', time[1] * 1000000 + time[2])
end

local function first(KEYS, ARGV)
--FIRST
end

local function second(KEYS, ARGV)
--SECOND
end

local function added(some, all, from, to)
  for i = from, to do
    some[#some + 1] = all[i]
  end
  return some
end

local keys, args = tonumber(ARGV[2]), 3 + tonumber(ARGV[3])
local reply = first(added({}, KEYS, 1, keys), added({now}, ARGV, 4, args))
if reply.err then
  return reply
end
if reply[1] ~= 'WORD' then
  return {reply}
end
local then_reply = second(added({}, KEYS, keys + 1, #KEYS), added({now}, ARGV, args + 1, #ARGV))
if then_reply.err then
  return then_reply
end
return {reply, then_reply}
