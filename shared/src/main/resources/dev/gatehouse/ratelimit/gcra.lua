-- Decides one or more limits by GCRA and charges those it admits.
--
-- A time is two integers: whole microseconds, and a remainder counted in limit-ths of one. So nothing is rounded, and
-- by the bounds of Limit everything stays below 2^53 (see Gcra.java, which does the same in memory).
--
-- KEYS     one for each limit, holding "<tat> <remainder> <limit> <tolerance> <remainder>" while any of it is used
-- ARGV[1]  now in microseconds, 0 for Redis's own clock
-- ARGV[2]  "all": charge every limit or none; "each": every limit alone
-- then five for each key: limit; burst tolerance and its remainder; increment and its remainder (0 0 only looks)
-- Reply    {now, then for each key: "allowed" or "denied", the tat it is left with, its remainder}
-- Error    CORRUPT: a key holds what this script did not write; nothing was changed

local now = tonumber(ARGV[1])
if now == 0 then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000000 + tonumber(time[2])
end

-- a * b / c rounded up, exactly: long multiplication by the bits of b that divides as it goes. b < 2^52, c < 2^51.
local function mul_div_up(a, b, c)
  local quotient, rest, fraction = 0, 0, a % c
  for bit = 51, 0, -1 do
    rest = 2 * rest + math.floor(b / 2 ^ bit) % 2 * fraction
    quotient = 2 * quotient + math.floor(rest / c)
    rest = rest % c
  end
  return (a - fraction) / c * b + quotient + (rest > 0 and 1 or 0)
end

-- A tat that was stored under another limit, as one of this limit: the same share of the tolerance is used.
local function carry_over(tat, tat_r, was_tol, was_tol_r, tol, tol_r)
  local used = tat - now
  local used_up = used + (tat_r > 0 and 1 or 0)
  local tol_up = tol + (tol_r > 0 and 1 or 0)
  local carried = math.min(mul_div_up(used_up, tol_up, math.max(1, was_tol)), 2 ^ 51)
  local within = used < was_tol or (used == was_tol and tat_r <= was_tol_r)
  if carried > tol and within then
    return now + tol, tol_r
  end
  return now + carried, 0
end

local limits = {}
local every_allowed = true
for i, key in ipairs(KEYS) do
  local at = 5 * i - 2
  local limit = tonumber(ARGV[at])
  local tol, tol_r = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local inc, inc_r = tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4])
  local shape = ARGV[at] .. ' ' .. ARGV[at + 1] .. ' ' .. ARGV[at + 2]

  local tat, tat_r, carried = now, 0, false
  local record = redis.call('GET', key)
  if record then
    local was_tat, was_r, was_shape = string.match(record, '^(%d+) (%d+) (%d+ %d+ %d+)$')
    if not was_tat then
      return redis.error_reply('CORRUPT record of a limit')
    end
    was_tat, was_r = tonumber(was_tat), tonumber(was_r)
    if was_tat >= now and was_shape == shape then
      tat, tat_r = was_tat, was_r
    elseif was_tat >= now then
      local _, was_tol, was_tol_r = string.match(was_shape, '(%d+) (%d+) (%d+)')
      tat, tat_r = carry_over(was_tat, was_r, tonumber(was_tol), tonumber(was_tol_r), tol, tol_r)
      carried = true
    end
  end

  local new, new_r = tat + inc, tat_r + inc_r
  if new_r >= limit then
    new, new_r = new + 1, new_r - limit
  end
  local early, early_r = new - tol - now, new_r - tol_r
  local allowed = early < 0 or (early == 0 and early_r <= 0)
  every_allowed = every_allowed and allowed
  limits[i] = {
    looks = inc == 0 and inc_r == 0, shape = shape, carried = carried, allowed = allowed,
    tat = tat, tat_r = tat_r, new = new, new_r = new_r
  }
end

local reply = {now}
for i, key in ipairs(KEYS) do
  local l = limits[i]
  local charged = l.allowed and (every_allowed or ARGV[2] == 'each')
  if charged then
    l.tat, l.tat_r = l.new, l.new_r
  end
  -- A carried tat is kept even by a denial: from here on it is earned back at the new rate, as the denial says.
  if not l.looks and (charged or l.carried) then
    local millis = math.max(1, math.ceil((l.tat + (l.tat_r > 0 and 1 or 0) - now) / 1000))
    redis.call('SET', key, string.format('%.0f %.0f %s', l.tat, l.tat_r, l.shape), 'PX', string.format('%.0f', millis))
  end
  reply[#reply + 1] = l.allowed and 'allowed' or 'denied'
  reply[#reply + 1] = l.tat
  reply[#reply + 1] = l.tat_r
end
return reply
