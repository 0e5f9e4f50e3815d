-- Decides one or more limits by GCRA and charges those it admits.
--
-- A time is two integers: whole microseconds, and a part counted in limit-ths of one. So nothing is rounded, and by the
-- bounds of Limit everything stays below 2^53 (see Gcra.java, which does the same in memory).
--
-- KEYS     one for each limit, holding msgpack of tat, its part and the limit's shape while any of it is used
-- ARGV[1]  now in microseconds, 0 for Redis's own clock
-- ARGV[2]  "all": charge every limit or none; "each": every limit alone
-- then six for each key: shape, which is "<limit> <tolerance> <part>"; limit; burst tolerance and its part; increment and
--          its part (0 0 only looks)
-- Reply    {now, then for each key: "allowed" or "denied", the tat it is left with, its part}
-- Error    CORRUPT: a key holds what this script did not write; nothing was changed

local now = tonumber(ARGV[1])
if now == 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end

-- A tat that was stored under another limit, as one of this limit: the same share of the tolerance is used.
local function carry_over(tat, part, was_shape, tol, tol_part)
  local was_tol, was_tol_part = string.match(was_shape, '^%d+ (%d+) (%d+)$')
  was_tol, was_tol_part = tonumber(was_tol), tonumber(was_tol_part)
  local used = tat - now

  -- a * b / c rounded up, exactly: long multiplication by the bits of b that divides as it goes. b < 2^52, c < 2^51.
  local a, b, c = used + (part > 0 and 1 or 0), tol + (tol_part > 0 and 1 or 0), math.max(1, was_tol)
  local quotient, rest, fraction = 0, 0, a % c
  for bit = 51, 0, -1 do
    rest = 2 * rest + math.floor(b / 2 ^ bit) % 2 * fraction
    quotient = 2 * quotient + math.floor(rest / c)
    rest = rest % c
  end
  local carried = math.min((a - fraction) / c * b + quotient + (rest > 0 and 1 or 0), 2 ^ 51)

  if carried > tol and (used < was_tol or (used == was_tol and part <= was_tol_part)) then
    return now + tol, tol_part
  end
  return now + carried, 0
end

-- What limit i says: allowed (nil: corrupt), its tat now, the tat that the charge would leave, and whether the limit changed.
local function decide(i)
  local at = 6 * i - 3
  local tat, part, changed = now, 0, false
  local record = redis.call('GET', KEYS[i])
  if record then
    local was, was_part, was_shape = cmsgpack.unpack(record)
    if type(was_shape) ~= 'string' then
      return nil
    end
    if was >= now then
      changed = was_shape ~= ARGV[at]
      tat, part = was, was_part
    end
    if changed then
      tat, part = carry_over(was, was_part, was_shape, tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3]))
    end
  end

  local new, new_part, limit = tat + ARGV[at + 4], part + ARGV[at + 5], tonumber(ARGV[at + 1])
  if new_part >= limit then
    new, new_part = new + 1, new_part - limit
  end
  local early = new - ARGV[at + 2] - now
  return early < 0 or (early == 0 and new_part <= tonumber(ARGV[at + 3])), tat, part, new, new_part, changed
end

-- Several are decided before the first is charged: all may have to have room, and none may be corrupt.
local may_charge = true
if #KEYS > 1 then
  for i = 1, #KEYS do
    local allowed = decide(i)
    if allowed == nil then
      return redis.error_reply('CORRUPT record of a limit')
    end
    may_charge = may_charge and (allowed or ARGV[2] == 'each')
  end
end

local reply = {now}
for i = 1, #KEYS do
  local allowed, tat, part, new, new_part, changed = decide(i)
  if allowed == nil then
    return redis.error_reply('CORRUPT record of a limit')
  end
  local looks = new == tat and new_part == part
  if allowed and may_charge then
    tat, part = new, new_part
  end
  -- A carried tat is kept even by a denial: from here on it is earned back at the new rate, as the denial says.
  if not looks and (allowed and may_charge or changed) then
    local millis = math.max(1, math.ceil((tat + (part > 0 and 1 or 0) - now) / 1000))
    redis.call('SET', KEYS[i], cmsgpack.pack(tat, part, ARGV[6 * i - 3]), 'PX', millis)
  end
  local n = #reply
  reply[n + 1], reply[n + 2], reply[n + 3] = allowed and 'allowed' or 'denied', tat, part
end
return reply
