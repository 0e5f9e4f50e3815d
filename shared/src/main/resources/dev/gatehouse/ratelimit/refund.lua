-- Takes back charges that were made a moment ago for a check that was denied elsewhere.
--
-- Never gives back more than a charge still weighs: one that moved the tat to <charged> weighs charged - now at most,
-- for what lies before now has been earned back and may have been spent. Where in doubt it gives back too little.
--
-- KEYS     one for each charged limit, as gcra.lua keeps them
-- ARGV[1]  now in microseconds, 0 for Redis's own clock
-- then seven for each key: limit; burst tolerance and its remainder; increment and its remainder; charged and its
--          remainder
-- Reply    {now, then for each key: "refunded", or "left" where nothing was to be given back}

local now = tonumber(ARGV[1])
if now == 0 then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000000 + tonumber(time[2])
end

local reply = {now}
for i, key in ipairs(KEYS) do
  local at = 7 * i - 5
  local limit = tonumber(ARGV[at])
  local shape = ARGV[at] .. ' ' .. ARGV[at + 1] .. ' ' .. ARGV[at + 2]
  local back, back_r = tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4])
  local weight, weight_r = tonumber(ARGV[at + 5]) - now, tonumber(ARGV[at + 6])
  if weight < back or (weight == back and weight_r < back_r) then
    back, back_r = weight, weight_r
  end

  local record = redis.call('GET', key) or ''
  local tat, tat_r, was_shape = string.match(record, '^(%d+) (%d+) (%d+ %d+ %d+)$')
  reply[i + 1] = 'left'
  if was_shape == shape and (back > 0 or (back == 0 and back_r > 0)) then
    local new, new_r = tonumber(tat) - back, tonumber(tat_r) - back_r
    if new_r < 0 then
      new, new_r = new - 1, new_r + limit
    end
    if new < now or (new == now and new_r == 0) then
      redis.call('DEL', key)
    else
      local millis = math.max(1, math.ceil((new + (new_r > 0 and 1 or 0) - now) / 1000))
      redis.call('SET', key, string.format('%.0f %.0f %s', new, new_r, shape), 'PX', string.format('%.0f', millis))
    end
    reply[i + 1] = 'refunded'
  end
end
return reply
