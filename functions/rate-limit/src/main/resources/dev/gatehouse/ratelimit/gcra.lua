-- SPDX-License-Identifier: Apache-2.0
-- GCRA. Parameters: shape; limit; window in microseconds; burst tolerance and its part; increment and its part. Numbers: the
-- tat, its part, and the latest time at which the record was written.

-- include: gcra-arithmetic.lua
-- Returns the numbers of the record at now, and whether it has another shape or moved back; the tat is nil if it is corrupt.
local function gcra_found(key, shape, limit, window, tol, tol_part)
  local was, tat, part, at = read(key)
  if was == nil then
    return now, 0, now, false
  end
  local changed = was ~= shape
  if changed then
    local carry = carrying()
    if not carry.is_record(was, tat, part, at) then
      return nil
    end
    local kind, old_limit, old_tol, old_part = cmsgpack.unpack(was)
    if at or kind ~= 'gcra' or old_limit ~= limit or old_tol ~= tol or old_part ~= tol_part then
      local _, _, _, burst = cmsgpack.unpack(shape)
      tat, part = carry.emission_time(limit, window, burst, was, tat, part, at)
      return now + tat, part, now, true
    end
    at = now -- An earlier format: no time, and the tolerance in place of window and burst.
  elseif type(tat) ~= 'number' or type(part) ~= 'number' or type(at) ~= 'number' then
    return nil
  end
  local moved
  tat, part, at, moved = gcra_at(tat, part, at, window)
  return tat, part, at, changed or moved
end

check.gcra = function(key, shape, limit, window, tol, tol_part, inc, inc_part)
  local tat, part, at, changed = gcra_found(key, shape, limit, window, tol, tol_part)
  if not tat then
    return nil
  end
  local reads = inc == 0 and inc_part == 0
  local fits, new, new_part = gcra_charged(limit, tol, tol_part, tat, part, inc, inc_part)
  return fits or reads, shape, reads, changed,
    tat + (part > 0 and 1 or 0), tat, part, at, new + (new_part > 0 and 1 or 0), new, new_part, at
end

adjust.gcra = function(op, charged, charged_part, _, key, shape, limit, window, tol, tol_part, inc, inc_part)
  local tat, part, at, changed = gcra_found(key, shape, limit, window, tol, tol_part)
  if not tat then
    return nil
  end
  if op == 'charge' then
    local most = now + 2 ^ 51
    local _, new, new_part = gcra_charged(limit, tol, tol_part, tat, part, inc, inc_part)
    if new >= most then
      new, new_part = most, 0
    end
    if new > tat or (new == tat and new_part > part) then
      tat, part = new, new_part
    end
    return shape, tat + (part > 0 and 1 or 0), tat, part, at
  end
  if op == 'undo' then
    -- At most charged - now can be undone: the part before now has been freed and may be charged again.
    local weight = charged - now
    if weight < inc or (weight == inc and charged_part < inc_part) then
      inc, inc_part = weight, charged_part
    end
    local nothing = tat == now and part == 0 or inc < 0 or inc == 0 and inc_part == 0
    if changed or nothing then
      return shape, nil, tat, part, at
    end
  end
  tat, part = tat - inc, part - inc_part
  if part < 0 then
    tat, part = tat - 1, part + limit
  end
  if tat < now then
    tat, part = now, 0
  end
  return shape, tat + (part > 0 and 1 or 0), tat, part, at
end

