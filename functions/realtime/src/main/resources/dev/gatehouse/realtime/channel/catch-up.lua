-- SPDX-License-Identifier: Apache-2.0
-- Returns the events after a position.
--
-- KEYS     see log.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  nonce of the beginning, see log.lua
-- ARGV[3]  offset of the position, 0 for the end of the log
-- ARGV[4]  nonce of the position
-- ARGV[5]  maximum number of events
-- ARGV[6]  time in milliseconds to keep the log for a reader
-- Reply    packed: {"end" or "lost", offset and nonce of the last entry}: there are no further events, or some are missing
--          {"events", 1 if more follow, else 0, then for each: offset, nonce, id, type, data, time, publisher}
-- Error    CORRUPT, see log.lua

-- include: log.lua
local offset, limit, millis = tonumber(ARGV[3]), tonumber(ARGV[5]), tonumber(ARGV[6])

local lost = offset > 0
if top then
  -- Compares the entry at the position: a log that began anew, or lost its last events, has another there or none.
  local from = '0-' .. string.format('%.0f', offset)
  local _, its_nonce = position(redis.call('XRANGE', log, from, from)[1])
  lost = lost and its_nonce ~= ARGV[4]
else
  top, nonce = begin()
end
if redis.call('PTTL', log) < millis / 2 then
  keep(millis)
end
if lost or offset == 0 or offset == top then
  return cmsgpack.pack(lost and 'lost' or 'end', top, nonce)
end
local entries = redis.call('XRANGE', log, '0-' .. string.format('%.0f', offset + 1), '+', 'COUNT', limit + 1)
local parts = {cmsgpack.pack('events', #entries > limit and 1 or 0)}
for i = 1, math.min(limit, #entries) do
  local at, its_nonce = position(entries[i])
  local values = entries[i][2]
  if at ~= offset + i then
    return cmsgpack.pack('lost', top, nonce)
  end
  parts[#parts + 1] = cmsgpack.pack(at, its_nonce, values[4], values[6], values[8], tonumber(values[10]), values[12])
end
return table.concat(parts)
