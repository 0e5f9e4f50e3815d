-- SPDX-License-Identifier: Apache-2.0
-- Removes a channel from those of a WebSocket.
--
-- KEYS     see connection.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  channel
-- ARGV[3]  time in milliseconds to keep the others
-- Reply    packed: {"removed"} or {"absent"}
-- Error    CORRUPT, see connection.lua

-- include: connection.lua
local at = place(ARGV[2])
if not at then
  return cmsgpack.pack('absent')
end
table.remove(values, at)
write(ARGV[3])
return cmsgpack.pack('removed')
