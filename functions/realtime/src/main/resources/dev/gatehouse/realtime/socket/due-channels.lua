-- SPDX-License-Identifier: Apache-2.0
-- Returns the channels of a WebSocket if its last heartbeat is too old, and stores the time of this one.
--
-- KEYS     see connection.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  time in microseconds for which a heartbeat suffices
-- ARGV[3]  time in milliseconds to keep the channels
-- Reply    packed: {"channels", channels …}, none if there was a heartbeat
-- Error    CORRUPT, see connection.lua

-- include: connection.lua
local last = values[1]
-- A clock that stepped back must not prevent heartbeats.
if last <= now and now < last + ARGV[2] then
  return cmsgpack.pack('channels')
end
values[1] = now
write(ARGV[3])
return cmsgpack.pack('channels', unpack(values, 2))
