-- SPDX-License-Identifier: Apache-2.0
-- Settles an open hold by its actual units, or undoes it.
--
-- KEYS[1]  the limit, as check.lua stores it
-- KEYS[2]  the hold, see hold.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  packed: kind; "settle" or "undo"; the id; the actual units; the parameters of the kind's fragment
-- Reply    packed: {now, "settled", the numbers of the resulting record}; repeated for ten minutes
--          {now, "ended", the numbers of the record}: the hold is not open; nothing was changed
--          {now, "clock"} if now is outside the given windows; nothing was changed
-- Error    CORRUPT: these scripts did not write the value of a key; nothing was changed

local REPEATED = 600000000
local kind, op, id, actual = cmsgpack.unpack(ARGV[2])

-- Charges units as a debt, see adjust.
local function charged(units, shape, limit, x, y, z, ...)
  if kind == 'gcra' then
    local whole, part = carrying().time(units, limit, x)
    return adjust.gcra('charge', 0, 0, 0, KEYS[1], shape, limit, x, y, z, whole, part)
  end
  return adjust[kind]('charge', 0, 0, 0, KEYS[1], shape, limit, x, units, z, ...)
end

local shape, _, a, b, c = charged(0, select(5, cmsgpack.unpack(ARGV[2])))
if shape == 'clock' then
  return cmsgpack.pack(now, 'clock')
end
local stored = redis.call('GET', KEYS[2])
local hold = stored and {cmsgpack.unpack(stored)} or {}
if not shape or (stored and type(hold[6]) ~= 'number') then
  return redis.error_reply('CORRUPT record of a limit or hold')
end
if hold[7] and now < hold[7] + REPEATED and op == 'settle' then
  if hold[8] == shape then
    return cmsgpack.pack(hold[7], 'settled', hold[9], hold[10], hold[11])
  end
  return cmsgpack.pack(now, 'settled', a, b, c)
end
local extra = extras and extras[KEYS[1]]
local units = extra and holding(carrying()).settled(extra, id, actual)
if not units then
  return cmsgpack.pack(now, 'ended', a, b, c)
end
local unused
shape, unused, a, b, c = charged(math.max(0, actual - units), select(5, cmsgpack.unpack(ARGV[2])))
store(KEYS[1], shape, unused, a, b, c)
if op == 'undo' then
  redis.call('DEL', KEYS[2])
elseif stored then
  redis.call('SET', KEYS[2],
    cmsgpack.pack(hold[1], hold[2], hold[3], hold[4], hold[5], hold[6], now, shape, a, b, c), 'PX', REPEATED / 1000)
end
return cmsgpack.pack(now, 'settled', a, b, c)
