-- SPDX-License-Identifier: Apache-2.0
-- Adds a channel to those of a WebSocket.
--
-- KEYS     see connection.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  channel
-- ARGV[3]  maximum number of channels
-- ARGV[4]  time in milliseconds to keep them
-- Reply    packed: {"added"}, also if it is there already, or {"full"}: nothing was changed
-- Error    CORRUPT, see connection.lua

-- include: connection.lua
if not place(ARGV[2]) then
  if #values > tonumber(ARGV[3]) then
    return cmsgpack.pack('full')
  end
  values[#values + 1] = ARGV[2]
end
write(ARGV[4])
return cmsgpack.pack('added')
