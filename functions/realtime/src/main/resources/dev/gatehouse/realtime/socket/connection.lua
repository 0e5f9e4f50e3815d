-- SPDX-License-Identifier: Apache-2.0
-- The shared part of the scripts on the channels of a WebSocket.
--
-- KEYS[1]  channels: packed: the time of the last heartbeat in microseconds, 0 for none; then the names of the channels
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- Error    CORRUPT: these scripts did not write the value; nothing was changed

-- include: clock.lua
local key = KEYS[1]

local packed = redis.call('GET', key)
local values = packed and {pcall(cmsgpack.unpack, packed)} or {true, 0}
local valid = table.remove(values, 1) and type(values[1]) == 'number'
for i = 2, #values do
  valid = valid and type(values[i]) == 'string'
end
if not valid then
  return redis.error_reply('CORRUPT channels of a connection')
end

-- Returns the place of a channel in the values, or nil.
local function place(channel)
  for i = 2, #values do
    if values[i] == channel then
      return i
    end
  end
  return nil
end

-- Stores the values for a time in milliseconds; without a channel, nothing is stored.
local function write(millis)
  if #values > 1 then
    redis.call('SET', key, cmsgpack.pack(unpack(values)), 'PX', millis)
  else
    redis.call('DEL', key)
  end
end
