-- SPDX-License-Identifier: Apache-2.0
-- Adjusts the units used of limits without checking for room.
--
-- KEYS     one for each limit, as check.lua stores them
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- then one for each key, packed: kind; operation; the three numbers of the record after the charge for "undo", else 0 0 0;
--          the parameters of the kind's fragment. The operation is
--            charge   adds units, as debt beyond the limit
--            refund   subtracts units, at most those in use
--            undo     undoes a recent charge, or a smaller part of it where later use makes the rest uncertain
-- Reply    packed: {now, then for each key "adjusted" or "left", and the numbers of the resulting record}, or
--          {now, "clock"} if now is outside the given windows
-- Error    CORRUPT: check.lua did not write the value of a key; nothing was changed

local function by_kind(key, kind, op, charged_a, charged_b, charged_c, ...)
  return adjust[kind](op, charged_a, charged_b, charged_c, key, ...)
end

-- Validates all records before any change.
for i = 1, #KEYS do
  local shape = by_kind(KEYS[i], cmsgpack.unpack(ARGV[i + 1]))
  if shape == nil then
    return redis.error_reply('CORRUPT record of a limit')
  end
  if shape == 'clock' then
    return cmsgpack.pack(now, 'clock')
  end
end

local reply = {now}
for i = 1, #KEYS do
  local shape, ends, a, b, c = by_kind(KEYS[i], cmsgpack.unpack(ARGV[i + 1]))
  if ends then
    store(KEYS[i], shape, ends, a, b, c)
  end
  local n = #reply
  reply[n + 1], reply[n + 2], reply[n + 3], reply[n + 4] = ends and 'adjusted' or 'left', a, b, c
end
return cmsgpack.pack(unpack(reply))
