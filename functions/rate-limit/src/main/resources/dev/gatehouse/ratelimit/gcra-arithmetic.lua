-- SPDX-License-Identifier: Apache-2.0
-- The arithmetic of GCRA. The tat (theoretical arrival time) is exact: whole microseconds, and a part in units of one
-- microsecond / limit. A record that was written more than a window after now moves back with the clock.

-- Returns the numbers of a record at now, and whether it moved back.
local function gcra_at(tat, part, at, window)
  local moved = at - now > window
  if moved then
    tat, at = tat - at + now, now
  end
  if tat < now then
    return now, 0, now, moved
  end
  return tat, part, math.max(at, now), moved
end

-- Returns whether a charge is admitted, and the tat and its part after it.
local function gcra_charged(limit, tol, tol_part, tat, part, inc, inc_part)
  local new, new_part = tat + inc, part + inc_part
  if new_part >= limit then
    new, new_part = new + 1, new_part - limit
  end
  local early = new - tol - now
  return early < 0 or (early == 0 and new_part <= tol_part), new, new_part
end

