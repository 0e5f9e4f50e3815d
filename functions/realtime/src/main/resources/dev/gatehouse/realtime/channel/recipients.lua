-- SPDX-License-Identifier: Apache-2.0
-- Returns the live connections of a channel.
--
-- KEYS[1]  the members of the channel, see presence.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  maximum number of connections
-- ARGV[3]  id of a connection to leave out, '' for none
-- Reply    packed: {"recipients", then for each connection: user id, connection id}
--          {"too-many-recipients"}

-- include: clock.lua
-- include: connections.lua
local recipients = live_connections(KEYS[1], ARGV[3])
if #recipients > tonumber(ARGV[2]) then
  return cmsgpack.pack('too-many-recipients')
end
return cmsgpack.pack('recipients') .. table.concat(recipients)
