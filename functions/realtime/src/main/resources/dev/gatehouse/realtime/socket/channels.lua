-- SPDX-License-Identifier: Apache-2.0
-- Returns the channels of a WebSocket.
--
-- KEYS     see connection.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- Reply    packed: {"channels", channels …}
-- Error    CORRUPT, see connection.lua

-- include: connection.lua
return cmsgpack.pack('channels', unpack(values, 2))
