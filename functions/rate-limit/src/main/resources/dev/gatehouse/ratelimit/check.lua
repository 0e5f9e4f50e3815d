-- Decides one or more limits in one step and charges those it admits.
--
-- KEYS     one for each limit, holding its record while any of it is used
-- ARGV[1]  now in microseconds, 0 for Redis's own clock
-- then one for each key, packed: kind; 1 for a shadow limit, which denies nothing; the parameters of the kind's fragment
-- then     "all", the default: charge every limit or none; "each": every limit alone; "none": only tell
-- Reply    packed: {now, then for each key: 1 for allowed or 0 for denied, and two (gcra) or three numbers of the record that it is
--          left with}, or {now, "clock"} where now is outside the windows told; then nothing was changed
-- Error    CORRUPT: a key holds what this script did not write; nothing was changed

local function by_kind(key, kind, shadow, ...)
  return shadow, check[kind](key, ...)
end

local mode = ARGV[#KEYS + 2] or 'all'
local charges = mode ~= 'none'

-- Several are decided before the first is charged: all may have to have room, and none may be corrupt.
if #KEYS > 1 then
  for i = 1, #KEYS do
    local shadow, allowed = by_kind(KEYS[i], cmsgpack.unpack(ARGV[i + 1]))
    if allowed == nil then
      return redis.error_reply('CORRUPT record of a limit')
    end
    if allowed == 'clock' then
      return cmsgpack.pack(now, 'clock')
    end
    charges = charges and (allowed or shadow == 1 or mode == 'each')
  end
end

local reply = {now}
for i = 1, #KEYS do
  local _, allowed, shape, looks, changed, life, a, b, c, new_life, new_a, new_b, new_c =
    by_kind(KEYS[i], cmsgpack.unpack(ARGV[i + 1]))
  if allowed == nil then
    return redis.error_reply('CORRUPT record of a limit')
  end
  if allowed == 'clock' then
    return cmsgpack.pack(now, 'clock')
  end
  local charged = allowed and charges
  if charged then
    life, a, b, c = new_life, new_a, new_b, new_c
  end
  -- A use that was carried over is kept even by a denial: from here on it is earned back as the denial says.
  if not looks and changed and life == 0 then
    redis.call('DEL', KEYS[i])
  elseif not looks and (charged or changed) then
    local packed = c and cmsgpack.pack(shape, a, b, c) or cmsgpack.pack(shape, a, b)
    redis.call('SET', KEYS[i], packed, 'PX', math.max(1, math.ceil(life / 1000)))
  end
  local n = #reply
  reply[n + 1], reply[n + 2], reply[n + 3], reply[n + 4] = allowed and 1 or 0, a, b, c
end
return cmsgpack.pack(unpack(reply))
