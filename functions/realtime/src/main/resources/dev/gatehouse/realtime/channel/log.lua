-- SPDX-License-Identifier: Apache-2.0
-- The shared part of the scripts on the log of a channel.
--
-- KEYS[1]  log: a stream with the ids 0-<offset>. The first entry of a new log is its beginning. Each entry has these values:
--            n  nonce of its position
--            i  id of the event; '' for the beginning
--            e  type of the event
--            d  data, JSON
--            t  time of the publication in microseconds
--            f  user id of the publisher, '' for none
-- KEYS[2]  ids: a hash of the ids of the events in the log; the value is the offset and the nonce, packed;
--            and ' keep', which is no id: the last number of events and time to keep that a publication determined, packed
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  nonce of the beginning, if there is no log
-- Error    CORRUPT: these scripts did not write the log; nothing was changed
--
-- Both keys expire together.

-- include: clock.lua
local log, ids = KEYS[1], KEYS[2]

-- Returns offset and nonce of an entry; nil if there is none, or the offset is nil if the entry is corrupt.
local function position(entry)
  if not entry then
    return nil
  end
  local values = entry[2]
  return tonumber(string.match(entry[1], '^0%-(%d+)$')), values[1] == 'n' and values[2]
end

local function keep(millis)
  redis.call('PEXPIRE', log, millis)
  redis.call('PEXPIRE', ids, millis)
end

-- Starts a log in place of what may be left of an old one. Returns offset and nonce of its beginning.
local function begin()
  redis.call('DEL', log, ids)
  redis.call('XADD', log, '0-1', 'n', ARGV[2], 'i', '', 'e', '', 'd', '', 't', string.format('%.0f', now), 'f', '')
  return 1, ARGV[2]
end

local last = redis.call('XREVRANGE', log, '+', '-', 'COUNT', 1)[1]
local top, nonce = position(last)
redis.call('HLEN', ids)
if last and not (top and nonce) then
  return redis.error_reply('CORRUPT log of a channel')
end
