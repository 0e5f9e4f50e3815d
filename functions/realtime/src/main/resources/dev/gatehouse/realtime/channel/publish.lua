-- SPDX-License-Identifier: Apache-2.0
-- Publishes an event.
--
-- KEYS     see log.lua
-- KEYS[3]  the members of the channel, see presence.lua; only if their connections are requested
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  nonce of the beginning, see log.lua
-- ARGV[3]  nonce of the event
-- ARGV[4]  id
-- ARGV[5]  type
-- ARGV[6]  data
-- ARGV[7]  number of events to keep
-- ARGV[8]  time in milliseconds to keep the log
-- ARGV[9]  maximum number of connections
-- ARGV[10] id of a connection to leave out, '' for none
-- ARGV[11] user id of the publisher, '' for none
-- ARGV[12] 1 if the last ARGV[7] and ARGV[8] that another event determined precede those of this one, else 0
-- Reply    packed: {"published" or "repeated", offset, nonce, then for each connection: user id, connection id}
--          {"too-many-recipients", number of connections}: nothing was changed
-- Error    CORRUPT, see log.lua
-- Message  '' to the channel with the name of KEYS[1], if the event was published

-- include: log.lua
-- include: connections.lua
local KEEP = ' keep'
local id, most, millis = ARGV[4], tonumber(ARGV[7]), tonumber(ARGV[8])

local recipients = {}
if KEYS[3] then
  recipients = live_connections(KEYS[3], ARGV[10])
  if #recipients > tonumber(ARGV[9]) then
    return cmsgpack.pack('too-many-recipients', #recipients)
  end
end

local function reply(...)
  return cmsgpack.pack(...) .. table.concat(recipients)
end

local published = top and redis.call('HGET', ids, id)
if published then
  return reply('repeated', cmsgpack.unpack(published))
end
if not top then
  top = begin()
end
local function append(call)
  return call('XADD', log, '0-' .. string.format('%.0f', top + 1), 'n', ARGV[3], 'i', id, 'e', ARGV[5], 'd', ARGV[6],
    't', string.format('%.0f', now), 'f', ARGV[11])
end
local added = append(redis.pcall)
if type(added) == 'table' and added.err then
  -- Its last entries were deleted by hand, so that the stream refuses their offsets.
  if string.find(added.err, 'equal or smaller', 1, true) then
    top = begin()
  end
  append(redis.call) -- Raises any other error, such as that Redis is full.
end
if ARGV[12] == '1' then
  local kept = redis.call('HGET', ids, KEEP)
  if kept then
    most, millis = cmsgpack.unpack(kept)
  end
  redis.call('HSET', ids, id, cmsgpack.pack(top + 1, ARGV[3]))
else
  redis.call('HSET', ids, id, cmsgpack.pack(top + 1, ARGV[3]), KEEP, cmsgpack.pack(most, millis))
end
-- One entry more, so that a reader at the last dropped event can be recognized.
local surplus = redis.call('XLEN', log) - most - 1
if surplus > 0 then
  for _, entry in ipairs(redis.call('XRANGE', log, '-', '+', 'COUNT', surplus)) do
    redis.call('HDEL', ids, entry[2][4])
  end
  redis.call('XTRIM', log, 'MAXLEN', most + 1)
end
keep(millis)
-- Wakes the readers of other processes. A user without the right publishes all the same: they also read from time to time.
redis.pcall('PUBLISH', log, '')
return reply('published', top + 1, ARGV[3])
