-- SPDX-License-Identifier: Apache-2.0
-- The sliding-window counter. Parameters: shape; limit; maximum of units used, including debt; units to charge; lengths of a
-- bucket and of a tick in microseconds; ticks in a bucket. Numbers: units in the current bucket, units in the previous one,
-- number of the current one.

-- Returns the numbers of the record at now, and whether it has another shape or moved back; current is nil if it is corrupt.
local function sliding_found(key, shape, limit, most, length)
  local bucket = math.floor(now / length)
  local was, current, previous, was_bucket = read(key)
  if was == nil then
    return 0, 0, bucket, false
  end
  if was == shape then
    if type(current) ~= 'number' or type(previous) ~= 'number' or type(was_bucket) ~= 'number' then
      return nil
    end
    local moved = was_bucket > bucket + 1
    current, previous, bucket = rolled(current, previous, was_bucket, bucket, limit)
    return current, previous, bucket, moved
  end
  local carry = carrying()
  if not carry.is_record(was, current, previous, was_bucket) then
    return nil
  end
  local kind, old_limit, old_length = cmsgpack.unpack(was)
  if kind ~= 'sliding' or old_length ~= length then
    return carry.units(limit, most, was, current, previous, was_bucket), 0, bucket, true
  end
  current, previous, bucket = rolled(current, previous, was_bucket, bucket, old_limit)
  return math.min(carry.initial(current, 0, old_limit, limit), most), math.min(previous, limit), bucket, true
end

local function sliding_end(current, previous, bucket, limit, length)
  if current == 0 and previous == 0 then
    return now
  end
  return (bucket + 1 + math.ceil(current / limit)) * length
end

check.sliding = function(key, shape, limit, most, units, length, tick, ticks)
  local current, previous, bucket, changed = sliding_found(key, shape, limit, most, length)
  if not current then
    return nil
  end
  local new = current + units
  local covered = ticks - math.floor(math.max(0, now - bucket * length) / tick)
  local allowed = units == 0 or (new <= limit and previous * covered <= (limit - new) * ticks)
  return allowed, shape, units == 0, changed,
    sliding_end(current, previous, bucket, limit, length), current, previous, bucket,
    sliding_end(new, previous, bucket, limit, length), new, previous, bucket
end

adjust.sliding = function(op, _, _, charged_bucket, key, shape, limit, most, units, length)
  local current, previous, bucket, changed = sliding_found(key, shape, limit, most, length)
  if not current then
    return nil
  end
  if op == 'charge' then
    current = math.max(current, math.min(current + units, most))
  elseif op == 'undo' and (changed or bucket ~= charged_bucket) then
    return shape, nil, current, previous, bucket
  else
    local here = math.min(current, units)
    current, previous = current - here, math.max(0, previous - (units - here))
  end
  return shape, sliding_end(current, previous, bucket, limit, length), current, previous, bucket
end

