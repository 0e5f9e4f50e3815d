-- The shared part of check.lua and adjust.lua. The fragments of the algorithms in use (gcra.lua, fixed-window.lua,
-- sliding-window.lua) follow it, then the script itself.
--
-- A record is msgpack of the packed shape of the limit that wrote it and of two or three numbers, whose meaning depends on
-- the shape. The Java package algorithm has the same arithmetic in memory. All numbers stay below 2^53.
--
-- Redis creates every function anew for each call, so rarely used functions are nested in another.

-- include: clock.lua

-- Returns the numbers of a sliding window in the given bucket. Each bucket pays off one limit of debt.
local function rolled(current, previous, was, bucket, limit)
  if bucket <= was then
    return current, previous, was
  end
  local before = math.max(0, current - (bucket - was - 1) * limit)
  return math.max(0, before - limit), math.min(before, limit), bucket
end

-- Returns functions that read a record of another shape and carry its use over.
local function carrying()
  local carry = {}

  -- Returns the number of numbers after a shape; nil if Gatehouse did not write the shape.
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

  -- Returns whether Gatehouse wrote a record with these values.
  function carry.is_record(shape, a, b, c)
    local numbers = numbers_of(shape)
    return numbers and type(a) == 'number' and type(b) == 'number' and (numbers == 2 or type(c) == 'number')
  end

  -- Returns a * b / c rounded up, exactly, at most 2^51: long multiplication by the bits of b that divides as it goes.
  -- b < 2^52, c < 2^51.
  function carry.scaled(a, b, c)
    local quotient, rest, fraction = 0, 0, a % c
    for bit = 51, 0, -1 do
      rest = 2 * rest + math.floor(b / 2 ^ bit) % 2 * fraction
      quotient = 2 * quotient + math.floor(rest / c)
      rest = rest % c
    end
    return math.min((a - fraction) / c * b + quotient + (rest > 0 and 1 or 0), 2 ^ 51)
  end

  -- Returns the use of a record (rounded up), its capacity, whether the use is within it, whether both count units.
  function carry.used_of(shape, a, b, c)
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

  -- Returns the initial units of a window: use within the old limit is no debt under a lower one.
  function carry.kept_units(used, old_limit, limit, most)
    if used <= limit then
      return used
    end
    return math.min(limit + math.max(0, used - math.max(old_limit, limit)), most)
  end

  -- Returns the initial units from a record of another algorithm or window.
  function carry.units(limit, most, shape, a, b, c)
    local used, of, within, in_units = carry.used_of(shape, a, b, c)
    if in_units then
      return carry.kept_units(used, of, limit, most)
    end
    local share = math.min(carry.scaled(used, limit, of), most)
    return within and math.min(share, limit) or share
  end

  return carry
end

-- Stores the record of a limit until ends, the time when no unit is in use; deletes it if that has passed.
local function store(key, shape, ends, a, b, c)
  if ends <= now then
    redis.call('DEL', key)
  else
    local packed = c and cmsgpack.pack(shape, a, b, c) or cmsgpack.pack(shape, a, b)
    redis.call('SET', key, packed, 'PX', math.ceil((ends - now) / 1000))
  end
end

-- The functions that the fragment of each kind of limit defines, and what they return:
--   check[kind](key, …)   allowed (nil: the record is corrupt; 'clock': now is outside the given windows), shape, whether
--                         the check only reads, whether the record has another shape, then twice, without the charge and
--                         with it: the time when no unit is in use, and the numbers of the record
--   adjust[kind](op, the numbers of the charge, key, …)   shape, the time when no unit is in use (nil: no change), numbers
local check, adjust = {}, {}

