-- What check.lua and adjust.lua begin with: the time, the records and how one limit's use becomes another's. After it come
-- the fragments of the algorithms at hand (gcra.lua, fixed-window.lua, sliding-window.lua), then the script itself.
--
-- A record is msgpack of the shape of the limit that wrote it, itself packed, and two or three numbers that mean something
-- only together with it. Meter.java does the same arithmetic in memory and says what keeps it below 2^53.

-- include: clock.lua

-- How many numbers stand beside a shape; nil where Gatehouse wrote no such shape.
local function numbers_of(shape)
  if type(shape) ~= 'string' then
    return nil
  end
  local kind, limit, x, y, z = cmsgpack.unpack(shape)
  if type(limit) ~= 'number' or type(x) ~= 'number' then
    return nil
  end
  if kind == 'gcra' then
    return type(y) == 'number' and 2 or nil
  end
  return (kind == 'fixed' or kind == 'sliding' and type(y) == 'number' and type(z) == 'number') and 3 or nil
end

-- The shape and numbers under key, where own has so many numbers; false where there are none, nil where Gatehouse did not
-- write them.
local function record(key, own, numbers)
  local packed = redis.call('GET', key)
  if not packed then
    return false
  end
  local shape, a, b, c = cmsgpack.unpack(packed)
  if shape ~= own then
    numbers = numbers_of(shape)
  end
  if numbers and type(a) == 'number' and type(b) == 'number' and (numbers == 2 or type(c) == 'number') then
    return shape, a, b, c
  end
end

-- a * b / c rounded up, exactly, at most 2^51: long multiplication by the bits of b that divides as it goes. b < 2^52,
-- c < 2^51.
local function scaled(a, b, c)
  local quotient, rest, fraction = 0, 0, a % c
  for bit = 51, 0, -1 do
    rest = 2 * rest + math.floor(b / 2 ^ bit) % 2 * fraction
    quotient = 2 * quotient + math.floor(rest / c)
    rest = rest % c
  end
  return math.min((a - fraction) / c * b + quotient + (rest > 0 and 1 or 0), 2 ^ 51)
end

-- The sliding counter's numbers when bucket has come, a limit's worth of debt gone into each bucket.
local function rolled(current, previous, was, bucket, limit)
  if bucket <= was then
    return current, previous, was
  end
  local before = math.max(0, current - (bucket - was - 1) * limit)
  return math.max(0, before - limit), math.min(before, limit), bucket
end

-- What a record of another shape says: used (rounded up), of how much, whether no more is used, whether these are units.
local function used_of(shape, a, b, c)
  local kind, limit, x, y, z = cmsgpack.unpack(shape)
  if kind == 'gcra' then
    if a < now then
      return 0, 1, true, false
    end
    local used = a - now
    return used + (b > 0 and 1 or 0), math.max(1, x), used < x or (used == x and b <= y), false
  end
  if kind == 'fixed' then
    local boundaries = c <= now and 1 + math.floor((now - c) / x) or 0
    local used = math.max(0, a - boundaries * limit)
    return used, limit, used <= limit, true
  end
  local current, previous, bucket = rolled(a, b, c, math.floor(now / x), limit)
  local covered = z - math.floor(math.max(0, now - bucket * x) / y)
  local used = current + math.ceil(previous * covered / z)
  return used, limit, used <= limit, true
end

-- The units that a window begins with: what fitted the old limit is no debt under a lower one.
local function kept_units(used, old_limit, limit, most)
  if used <= limit then
    return used
  end
  return math.min(limit + math.max(0, used - math.max(old_limit, limit)), most)
end

-- The same from a record of another shape.
local function carried_units(limit, most, shape, a, b, c)
  local used, of, within, in_units = used_of(shape, a, b, c)
  if in_units then
    return kept_units(used, of, limit, most)
  end
  local share = math.min(scaled(used, limit, of), most)
  return within and math.min(share, limit) or share
end

-- By kind of limit, what its fragment defines:
--   check[kind](key, …)   allowed (nil: the record is corrupt; 'clock': now is outside the windows told), shape, whether
--                         it only looks, whether the record is of another shape, then how the limit is left without the
--                         charge and with it: each time to live in microseconds and the record's numbers
--   adjust[kind](op, the charge's numbers, key, …)   shape, time to live (0: nothing is used; nil: leave it), numbers
local check, adjust = {}, {}

