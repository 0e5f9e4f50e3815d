-- GCRA. Parameters: shape; limit; burst tolerance and its part; increment and its part. Numbers: the tat and its part.
-- The tat (theoretical arrival time) is exact: whole microseconds, and a part in units of one microsecond / limit.

-- Returns the tat, its part and whether the record has another shape; the tat is nil for a corrupt record.
local function gcra_found(key, shape, tol, tol_part)
  local packed = redis.call('GET', key)
  if not packed then
    return now, 0, false
  end
  local was, tat, part, c = cmsgpack.unpack(packed)
  if was == shape then
    if type(tat) ~= 'number' or type(part) ~= 'number' then
      return nil
    end
    if tat < now then
      return now, 0, false
    end
    return tat, part, false
  end
  local carry = carrying()
  if not carry.is_record(was, tat, part, c) then
    return nil
  end
  local used, of, within = carry.used_of(was, tat, part, c)
  local carried = carry.scaled(used, tol + (tol_part > 0 and 1 or 0), of)
  if within and carried > tol then
    return now + tol, tol_part, true
  end
  return now + carried, 0, true
end

-- Returns a tat moved by an increment, and its part.
local function gcra_plus(limit, tat, part, inc, inc_part)
  local new, new_part = tat + inc, part + inc_part
  if new_part >= limit then
    return new + 1, new_part - limit
  end
  return new, new_part
end

check.gcra = function(key, shape, limit, tol, tol_part, inc, inc_part)
  local tat, part, changed = gcra_found(key, shape, tol, tol_part)
  if not tat then
    return nil
  end
  local new, new_part = gcra_plus(limit, tat, part, inc, inc_part)
  local early, reads = new - tol - now, inc == 0 and inc_part == 0
  local allowed = reads or early < 0 or (early == 0 and new_part <= tol_part)
  return allowed, shape, reads, changed,
    tat + (part > 0 and 1 or 0), tat, part, nil, new + (new_part > 0 and 1 or 0), new, new_part, nil
end

adjust.gcra = function(op, charged, charged_part, _, key, shape, limit, tol, tol_part, inc, inc_part)
  local tat, part, changed = gcra_found(key, shape, tol, tol_part)
  if not tat then
    return nil
  end
  if op == 'charge' then
    local most = now + 2 ^ 51
    local new, new_part = gcra_plus(limit, tat, part, inc, inc_part)
    if new >= most then
      new, new_part = most, 0
    end
    if new > tat or (new == tat and new_part > part) then
      tat, part = new, new_part
    end
    return shape, tat + (part > 0 and 1 or 0), tat, part
  end
  if op == 'back' then
    -- At most charged - now can be reverted: the part before now has been freed and may be charged again.
    local weight = charged - now
    if weight < inc or (weight == inc and charged_part < inc_part) then
      inc, inc_part = weight, charged_part
    end
    local nothing = tat == now and part == 0 or inc < 0 or inc == 0 and inc_part == 0
    if changed or nothing then
      return shape, nil, tat, part
    end
  end
  tat, part = tat - inc, part - inc_part
  if part < 0 then
    tat, part = tat - 1, part + limit
  end
  if tat < now then
    tat, part = now, 0
  end
  return shape, tat + (part > 0 and 1 or 0), tat, part
end

