-- Corrects what is used of limits, whether it fits or not.
--
-- KEYS     one for each limit, as check.lua keeps them
-- ARGV[1]  now in microseconds, 0 for Redis's own clock
-- then one for each key, packed: kind; "charge" adds the units, as a debt where they do not fit; "refund" gives back at
--          most what is used; "back" takes back a charge of a moment ago, and where in doubt too little; the three numbers
--          that the charge left, else 0 0 0; the parameters of the kind's fragment
-- Reply    packed: {now, then for each key "adjusted" or "left", and the numbers of the record that it is left with}, or
--          {now, "clock"} where now is outside the windows told
-- Error    CORRUPT: a key holds what check.lua did not write; nothing was changed

local function by_kind(key, kind, op, charged_a, charged_b, charged_c, ...)
  return adjust[kind](op, charged_a, charged_b, charged_c, key, ...)
end

-- None is changed before all are known to be sound.
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
  local shape, life, a, b, c = by_kind(KEYS[i], cmsgpack.unpack(ARGV[i + 1]))
  if life == 0 then
    redis.call('DEL', KEYS[i])
  elseif life then
    local packed = c and cmsgpack.pack(shape, a, b, c) or cmsgpack.pack(shape, a, b)
    redis.call('SET', KEYS[i], packed, 'PX', math.max(1, math.ceil(life / 1000)))
  end
  local n = #reply
  reply[n + 1], reply[n + 2], reply[n + 3], reply[n + 4] = life and 'adjusted' or 'left', a, b, c
end
return cmsgpack.pack(unpack(reply))
