-- SPDX-License-Identifier: Apache-2.0
-- Runs a script and, if its reply starts with a given word, a second one with the same time. Each is a function with its
-- own KEYS and ARGV.
--
-- KEYS     those of the first script, then those of the second
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis, which is read once for both
-- ARGV[2]  number of keys of the first script
-- ARGV[3]  number of arguments of the first script
-- then     the arguments of the first script, then those of the second
-- Reply    packed: {reply of the first} or {reply of the first, reply of the second}, each itself packed
-- Error    that of the first script or the second

-- include: clock.lua

local function first(KEYS, ARGV)
--FIRST
end

local function second(KEYS, ARGV)
--SECOND
end

-- A reply that is not packed is an error.
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
