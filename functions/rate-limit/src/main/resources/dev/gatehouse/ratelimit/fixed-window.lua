-- SPDX-License-Identifier: Apache-2.0
-- Fixed windows. Parameters: shape; limit; maximum of units used, including debt; units to charge; length of a window in
-- microseconds. For a calendar the length is 0, then follow: the longest window; the number of a window; the starts of the
-- previous one, of itself, of the next and of the one after. Numbers: units used; number of the window; its end.
-- The next window stays in force if the clock goes back into the one before. A record from further ahead moves back.

-- Returns the number of the window at now and its end; nil if now is outside the given calendar windows.
local function fixed_window(length, _, number, before, start, next, after)
  if length > 0 then
    local window = math.floor(now / length)
    return window, (window + 1) * length
  end
  if now < before or now >= after then
    return nil
  end
  if now < start then
    return number - 1, start
  end
  if now < next then
    return number, next
  end
  return number + 1, after
end

-- Returns the numbers of the record at now, and whether it has another shape or moved back; the units are nil if it is corrupt.
local function fixed_found(key, shape, limit, most, window, ends)
  local was, used, was_window, was_end = read(key)
  if was == nil then
    return 0, window, ends, false
  end
  local changed, old_limit, carry = was ~= shape, limit, nil
  if changed then
    carry = carrying()
    if not carry.is_record(was, used, was_window, was_end) then
      return nil
    end
    local kind, units, length, period, zone, starts_on = cmsgpack.unpack(was)
    local own, _, own_length, own_period, own_zone, own_starts_on = cmsgpack.unpack(shape)
    if kind ~= own or length ~= own_length or period ~= own_period or zone ~= own_zone or starts_on ~= own_starts_on then
      return carry.units(limit, most, was, used, was_window, was_end), window, ends, true
    end
    old_limit = units
  elseif type(used) ~= 'number' or type(was_window) ~= 'number' or type(was_end) ~= 'number' then
    return nil
  end
  if was_window > window + 1 then
    was_window, was_end, changed = window, ends, true
  elseif was_window <= window then
    used, was_window, was_end = math.max(0, used - (window - was_window) * old_limit), window, ends
  end
  if carry then
    used = math.min(carry.initial(used, 0, old_limit, limit), most)
  end
  return used, was_window, was_end, changed
end

local function fixed_end(used, ends, limit, length, longest)
  if used == 0 then
    return now
  end
  return ends + math.floor((used - 1) / limit) * (length > 0 and length or longest)
end

check.fixed = function(key, shape, limit, most, units, length, longest, ...)
  local window, ends = fixed_window(length, longest, ...)
  if not window then
    return 'clock'
  end
  local used, changed
  used, window, ends, changed = fixed_found(key, shape, limit, most, window, ends)
  if not used then
    return nil
  end
  local new = used + units
  return units == 0 or new <= limit, shape, units == 0, changed,
    fixed_end(used, ends, limit, length, longest), used, window, ends,
    fixed_end(new, ends, limit, length, longest), new, window, ends
end

adjust.fixed = function(op, _, charged_window, _, key, shape, limit, most, units, length, longest, ...)
  local window, ends = fixed_window(length, longest, ...)
  if not window then
    return 'clock'
  end
  local used, changed
  used, window, ends, changed = fixed_found(key, shape, limit, most, window, ends)
  if not used then
    return nil
  end
  if op == 'charge' then
    used = math.max(used, math.min(used + units, most))
  elseif op == 'undo' and (changed or window ~= charged_window) then
    return shape, nil, used, window, ends
  else
    used = math.max(0, used - units)
  end
  return shape, fixed_end(used, ends, limit, length, longest), used, window, ends
end

