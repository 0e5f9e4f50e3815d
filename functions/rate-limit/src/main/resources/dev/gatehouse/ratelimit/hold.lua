-- SPDX-License-Identifier: Apache-2.0
-- Precedes check.lua, which then holds the units that it charges. A limit whose hold exists is allowed and is not charged.
--
-- KEYS     after those of the limits, in the same order, one for each: its hold. Packed: the time of the charge; the end; the
--          shape and the numbers of the record after the charge; once settled, the time of that, and the shape and the
--          numbers of the record after it. It expires ten minutes after its end or its settlement
-- ARGV     last, packed: the id; the length; 1 if an unsettled hold returns its units, or 0; the units of each limit
-- Reply    as check.lua, then for each limit: the end of its hold, or 0 if it has none; and the time of its numbers. For a
--          limit with as many open holds as it may have, the flag is the earliest end of these below zero

local MOST_HOLDS, REPEATED = 1000, 600000000
local request = {cmsgpack.unpack(ARGV[#ARGV])}
local id, length, returns, ends, at = request[1], request[2], request[3], {}, {}
count = #KEYS / 2
hold = {}

-- Returns the first reply for the hold of a limit; nil if there is no such hold, false if it is corrupt.
function hold.found(i, shape)
  local packed = redis.call('GET', KEYS[count + i])
  ends[i], at[i] = 0, now
  if not packed then
    return nil
  end
  local first, settled = {}, nil
  first.at, first.ends, first.shape, first.a, first.b, first.c, settled = cmsgpack.unpack(packed)
  if type(first.at) ~= 'number' or type(first.ends) ~= 'number' or type(first.c) ~= 'number' then
    return false
  end
  if now >= (settled or first.ends) + REPEATED then
    return nil
  end
  ends[i], at[i] = first.ends, first.shape == shape and first.at or now
  return first
end

function hold.is_full(i)
  local extra = extras and extras[KEYS[i]]
  return extra and #holding().open(extra) >= MOST_HOLDS
end

function hold.add(i, shape, a, b, c)
  ends[i] = now + length
  holding(carrying()).add(
    extra_of(KEYS[i], shape, a, b, c), shape, {id, ends[i], length, request[3 + i], returns, a, b, c})
  redis.call('SET', KEYS[count + i], cmsgpack.pack(now, ends[i], shape, a, b, c), 'PX',
    math.ceil((length + REPEATED) / 1000))
end

function hold.append(reply)
  for i = 1, count do
    reply[#reply + 1], reply[#reply + 2] = ends[i], at[i]
  end
end

