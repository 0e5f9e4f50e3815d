-- Takes back charges that were made a moment ago for a check that was denied elsewhere.
--
-- Never gives back more than a charge still weighs: one that moved the tat to <charged> weighs charged - now at most,
-- for what lies before now has been earned back and may have been spent. Where in doubt it gives back too little.
--
-- KEYS     one for each charged limit, as gcra.lua keeps them
-- ARGV[1]  now in microseconds, 0 for Redis's own clock
-- then six for each key: shape; limit; increment and its part; charged and its part
-- Reply    {now, then for each key: "refunded", or "left" where nothing was to be given back}

local now = tonumber(ARGV[1])
if now == 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end

local reply = {now}
for i, key in ipairs(KEYS) do
  local at = 6 * i - 4
  local shape, limit = ARGV[at], tonumber(ARGV[at + 1])
  local back, back_part = tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  local weight, weight_part = ARGV[at + 4] - now, tonumber(ARGV[at + 5])
  if weight < back or (weight == back and weight_part < back_part) then
    back, back_part = weight, weight_part
  end

  local record = redis.call('GET', key)
  local tat, part, was_shape
  if record then
    tat, part, was_shape = cmsgpack.unpack(record)
  end
  reply[i + 1] = 'left'
  if was_shape == shape and (back > 0 or (back == 0 and back_part > 0)) then
    local new, new_part = tat - back, part - back_part
    if new_part < 0 then
      new, new_part = new - 1, new_part + limit
    end
    if new < now or (new == now and new_part == 0) then
      redis.call('DEL', key)
    else
      local millis = math.max(1, math.ceil((new + (new_part > 0 and 1 or 0) - now) / 1000))
      redis.call('SET', key, cmsgpack.pack(new, new_part, shape), 'PX', millis)
    end
    reply[i + 1] = 'refunded'
  end
end
return reply
