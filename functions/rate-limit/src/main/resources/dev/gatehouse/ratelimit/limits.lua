-- SPDX-License-Identifier: Apache-2.0
-- The shared part of check.lua and adjust.lua. The fragments of the algorithms in use (gcra.lua, fixed-window.lua,
-- sliding-window.lua) follow it, then the script itself.
--
-- A record is msgpack of the packed shape of the limit that wrote it and of three numbers, whose meaning depends on the
-- shape. The Java package algorithm has the same arithmetic in memory. All numbers stay below 2^53. A record may have more
-- values, see extras.
--
-- The clock may go back, when Redis fails over or callers' clocks differ. A record from up to a window ahead stays as it is.
-- One from further ahead moves back with the clock. Either way nothing used is lost.
--
-- Redis creates every function anew for each call, so rarely used functions are nested in another.

-- include: clock.lua

-- Returns the numbers of a sliding window in the given bucket. Each bucket pays off one limit of debt. A record from more
-- than one bucket ahead moves back.
local function rolled(current, previous, was, bucket, limit)
  if bucket <= was then
    return current, previous, was > bucket + 1 and bucket or was
  end
  local before = math.max(0, current - (bucket - was - 1) * limit)
  return math.max(0, before - limit), math.min(before, limit), bucket
end

-- Returns functions that read a record of another shape and carry its use over.
local function carrying()
  local carry = {}

  -- Returns whether Gatehouse wrote a record with these values. An earlier format of GCRA has no c.
  function carry.is_record(shape, a, b, c)
    if type(shape) ~= 'string' or type(a) ~= 'number' or type(b) ~= 'number' then
      return false
    end
    local kind, limit, x, y, z = cmsgpack.unpack(shape)
    if type(limit) ~= 'number' or type(x) ~= 'number' then
      return false
    end
    if kind == 'gcra' then
      return type(y) == 'number' and (c == nil or type(c) == 'number')
    end
    return type(c) == 'number' and (kind == 'fixed' or kind == 'sliding' and type(y) == 'number' and type(z) == 'number')
  end

  -- Returns (a * b + d) / c rounded down and the remainder, exactly; 2^51 and 0 if it is more. It is long multiplication by
  -- the bits of b that divides as it goes. a <= 2^51, b < 2^52, c < 2^51, d < 2^52.
  local function divided(a, b, c, d)
    local quotient, rest, fraction = 0, 0, a % c
    for bit = 51, 0, -1 do
      rest = 2 * rest + math.floor(b / 2 ^ bit) % 2 * fraction
      quotient = 2 * quotient + math.floor(rest / c)
      rest = rest % c
    end
    quotient = (a - fraction) / c * b + quotient + math.floor((rest + d) / c)
    if quotient >= 2 ^ 51 then
      return 2 ^ 51, 0
    end
    return quotient, (rest + d) % c
  end

  -- Returns the emission time of units, and its part; at most 2^50.
  function carry.time(units, limit, window)
    local product = units * window
    if product < 2 ^ 53 then
      return (product - product % limit) / limit, product % limit
    end
    local whole, part = divided(units, window, limit, 0)
    if whole >= 2 ^ 50 then
      return 2 ^ 50, 0
    end
    return whole, part
  end

  -- Returns the units in use by a record, a rest in parts of a unit, the parts in a unit, and the capacity of its limit.
  local function used(shape, a, b, c)
    local kind, limit, x, y, z = cmsgpack.unpack(shape)
    if kind == 'gcra' then
      local window, capacity = math.max(1, x), y
      if not c then
        capacity = limit -- An earlier format: x is the tolerance, which is the window if the burst is the limit.
      elseif c - now > window then
        a = a - c + now
      end
      if a < now then
        return 0, 0, 1, capacity
      end
      local units, rest = divided(a - now, limit, window, b)
      return units, rest, window, capacity
    end
    if kind == 'fixed' then
      local boundaries = c <= now and 1 + math.floor((now - c) / x) or 0
      return math.max(0, a - boundaries * limit), 0, 1, limit
    end
    local current, previous, bucket = rolled(a, b, c, math.floor(now / x), limit)
    local covered = z - math.floor(math.max(0, now - bucket * x) / y)
    return current + math.ceil(previous * covered / z), 0, 1, limit
  end

  -- Returns the initial units and rest of a limit: use within the old capacity is no debt under a lower one.
  function carry.initial(units, rest, old_capacity, capacity)
    if units < capacity or (units == capacity and rest == 0) then
      return units, rest
    end
    local higher = math.max(old_capacity, capacity)
    if units < higher then
      return capacity, 0
    end
    return capacity + units - higher, rest
  end

  -- Returns the initial units of a window from a record of another algorithm or window, rounded up.
  function carry.units(limit, most, ...)
    local units, rest, _, capacity = used(...)
    units, rest = carry.initial(units, rest, capacity, limit)
    return math.min(units + (rest > 0 and 1 or 0), most)
  end

  -- Returns the time in which GCRA frees the initial units from a record of another shape, and its part. Whole units are
  -- exact. A rest is rounded up by less than two microseconds.
  function carry.emission_time(limit, window, burst, ...)
    local units, rest, parts, capacity = used(...)
    units, rest = carry.initial(units, rest, capacity, burst)
    local whole, part = divided(units, window, limit, 0)
    local more, left = divided(rest, math.ceil(window / limit), parts, 0)
    whole = whole + more + (left > 0 and 1 or 0)
    if whole >= 2 ^ 51 then
      return 2 ^ 51, 0
    end
    return whole, part
  end

  return carry
end

-- include: holds.lua
-- The values of records after their three numbers, by key; nil unless a record has some. Each is a table of:
--   due        the earliest end of a hold; 0 if none is open
--   blocked    the time until which the subject is locked out; 0 if it is not
--   last       the latest end of a hold; 0 if none is open
--   earliest   the time before which the clock has stepped back so far that a hold begins again
--   holds      the open holds as they were read, see holds.lua; nil if none was open
--   open       the open holds as they are; nil if they are unchanged
--   shape, a, b, c   the record as it was read, without the holds that have ended
--   ended      whether holds have ended or begun again, so that even a denial stores the record
local extras

-- Returns the extras of a record that is stored or is to be stored.
local function extra_of(key, shape, a, b, c)
  extras = extras or {}
  extras[key] = extras[key] or {due = 0, blocked = 0, last = 0, earliest = 0, shape = shape, a = a, b = b, c = c}
  return extras[key]
end

-- Returns the shape and the numbers of a record, without the holds that have ended, and sets its extras. The shape is nil if
-- there is no record, and false if the record is corrupt.
local function read(key)
  local extra = extras and extras[key]
  if extra then
    return extra.shape, extra.a, extra.b, extra.c
  end
  local packed = redis.call('GET', key)
  if not packed then
    return nil
  end
  local shape, a, b, c, due, blocked, last, earliest, holds = cmsgpack.unpack(packed)
  if due then
    local carry = carrying()
    if type(due) ~= 'number' or type(blocked) ~= 'number' or not carry.is_record(shape, a, b, c) then
      return false
    end
    extra = extra_of(key, shape, a, b, c)
    extra.due, extra.blocked, extra.last, extra.earliest, extra.holds = due, blocked, last or 0, earliest or 0, holds
    if holds and (due <= now or now < earliest) then
      a, b, c = holding(carry).ended(extra, shape, a, b, c)
      extra.ended = true
    end
    extra.a, extra.b = a, b
  end
  return shape or false, a, b, c
end

-- Stores the record of a limit, with its extras, until ends, the time when no unit is in use, or until no hold is open and the
-- subject is not locked out. Deletes it if that has passed.
local function store(key, shape, ends, a, b, c)
  local extra, packed = extras and extras[key], nil
  if extra then
    if ends <= now then
      a, b, c = 0, 0, 0 -- It stays unused when the clock steps back, and its holds return nothing.
    end
    if extra.due > 0 and (shape ~= extra.shape or a < extra.a or b < extra.b or c < extra.c) then
      holding(carrying()).follow(extra, shape, a, b, c)
    end
    ends = math.max(ends, extra.blocked, extra.last)
    if extra.due > 0 then
      local holds = extra.open and cmsgpack.pack(extra.open) or extra.holds
      packed = cmsgpack.pack(shape, a, b, c, extra.due, extra.blocked, extra.last, extra.earliest, holds)
    elseif extra.blocked > now then
      packed = cmsgpack.pack(shape, a, b, c, 0, extra.blocked)
    end
  end
  if ends <= now then
    redis.call('DEL', key)
  else
    redis.call('SET', key, packed or cmsgpack.pack(shape, a, b, c), 'PX', math.ceil((ends - now) / 1000))
  end
end

-- The functions that the fragment of each kind of limit defines, and what they return:
--   check[kind](key, …)   allowed (nil: the record is corrupt; 'clock': now is outside the given windows), shape, whether
--                         the check only reads, whether the record has another shape or moved back, then twice, without
--                         the charge and with it: the time when no unit is in use, and the numbers of the record
--   adjust[kind](op, the numbers of the charge, key, …)   shape, the time when no unit is in use (nil: no change), numbers
local check, adjust = {}, {}

-- The number of limits, and the functions of hold.lua if that precedes the script.
local count, hold = #KEYS, nil

