-- SPDX-License-Identifier: Apache-2.0
-- The holds of limits. A hold is a charge that its caller settles by the actual cost, and that ends by itself.
--
-- A record has its open holds in the order of their charges: packed, a list of lists of the id; the end; the length; the
-- units; 1 if they are returned at the end, or 0 if they stay charged; and the numbers of the record after the charge. The
-- Java class LimitRecord does the same in memory.
--
-- A hold returns no more than is still in use of its own charge: what has been freed since may have been charged again. Under
-- GCRA the charges wait in a line that ends at the tat, and what leaves the line moves all that follows it ahead. Under the
-- windows it counts in the window, or bucket, of the charge alone. A changed shape or a clock that went back by more than a
-- window voids the charges of the holds, which then return nothing.
--
-- A hold begins again if the clock has stepped back by more than its length since its beginning.

-- Returns the functions of holds. They are rarely used, see limits.lua.
local function holding(carry)
  local holding = {}
  local ENDS, LENGTH, UNITS, RETURNS, A, B, C = 2, 3, 4, 5, 6, 7, 8

  -- Moves the charge of a hold ahead.
  local function move(hold, whole, part, limit)
    hold[A], hold[B] = hold[A] - whole, hold[B] - part
    if hold[B] < 0 then
      hold[A], hold[B] = hold[A] - 1, hold[B] + limit
    end
  end

  local function move_all(open, first, whole, part, limit)
    for i = first, #open do
      move(open[i], whole, part, limit)
    end
  end

  -- Sets the open holds of a record.
  local function set(extra, open)
    local due, last, earliest = math.huge, 0, 0
    for _, hold in ipairs(open) do
      due, last = math.min(due, hold[ENDS]), math.max(last, hold[ENDS])
      earliest = math.max(earliest, hold[ENDS] - 2 * hold[LENGTH])
    end
    if #open == 0 then
      due = 0
    end
    extra.due, extra.last, extra.earliest, extra.open = due, last, earliest, open
  end

  -- Returns up to the given units of a hold: the first two numbers of the record after it, and the time by which GCRA moves
  -- all later charges ahead, and its part. Returns nil if nothing is in use of the hold.
  local function returned(shape, a, b, c, hold, units)
    local kind, limit, length = cmsgpack.unpack(shape)
    if kind == 'gcra' then
      local whole, part = carry.time(units, limit, length)
      local weight = hold[A] - now
      if weight < whole or (weight == whole and hold[B] < part) then
        whole, part = weight, hold[B]
      end
      if c - now > length or whole < 0 or (whole == 0 and part == 0) then
        return nil
      end
      a, b = a - whole, b - part
      if b < 0 then
        a, b = a - 1, b + limit
      end
      return a, b, whole, part
    end
    if kind == 'fixed' then
      if b ~= hold[B] or c <= now then
        return nil
      end
      return math.max(0, a - units), b, 0, 0
    end
    local bucket = math.floor(now / length)
    if c ~= hold[C] or bucket > c or bucket < c - 1 then
      return nil
    end
    local here = math.min(a, units)
    return a - here, math.max(0, b - (units - here)), 0, 0
  end

  -- Returns the open holds of a record.
  function holding.open(extra)
    extra.open = extra.open or (extra.holds and cmsgpack.unpack(extra.holds)) or {}
    return extra.open
  end

  -- Ends the holds whose time has come. Returns the numbers of the record after it.
  function holding.ended(extra, shape, a, b, c)
    local _, limit = cmsgpack.unpack(shape)
    local open, whole, part = {}, 0, 0
    for _, hold in ipairs(holding.open(extra)) do
      if whole > 0 or part > 0 then
        move(hold, whole, part, limit)
      end
      if hold[ENDS] - now > 2 * hold[LENGTH] then
        hold[ENDS] = now + hold[LENGTH]
      end
      if hold[ENDS] > now then
        open[#open + 1] = hold
      elseif hold[RETURNS] == 1 then
        local new_a, new_b, more, more_part = returned(shape, a, b, c, hold, hold[UNITS])
        if new_a then
          a, b, whole, part = new_a, new_b, whole + more, part + more_part
          if part >= limit then
            whole, part = whole + 1, part - limit
          end
        end
      end
    end
    set(extra, open)
    return a, b, c
  end

  -- Adjusts the charges of the holds to a record that is stored with these numbers.
  function holding.follow(extra, shape, a, b, c)
    local kind, limit = cmsgpack.unpack(shape)
    local open = holding.open(extra)
    if shape ~= extra.shape or c < extra.c then
      for _, hold in ipairs(open) do
        hold[A], hold[B], hold[C] = 0, 0, 0
      end
    elseif kind == 'gcra' then
      -- A refund need not be of a charge before all holds. They return less if it is not.
      local whole, part = extra.a - a, extra.b - b
      if part < 0 then
        whole, part = whole - 1, part + limit
      end
      if whole >= 0 then
        move_all(open, 1, whole, part, limit)
      end
    end
    set(extra, open)
    extra.shape, extra.a, extra.b, extra.c = shape, a, b, c
  end

  -- Adds a hold to a record of this shape, which has its charge.
  function holding.add(extra, shape, hold)
    holding.follow(extra, shape, hold[A], hold[B], hold[C])
    local open = holding.open(extra)
    open[#open + 1] = hold
    set(extra, open)
  end

  -- Ends an open hold and returns its units beyond the actual ones to the record. Returns the units of the hold; nil if it is
  -- not open.
  function holding.settled(extra, id, actual)
    local open = holding.open(extra)
    for i, hold in ipairs(open) do
      if hold[1] == id then
        table.remove(open, i)
        if actual < hold[UNITS] then
          local units = hold[UNITS] - actual
          local a, b, whole, part = returned(extra.shape, extra.a, extra.b, extra.c, hold, units)
          if a then
            local _, limit = cmsgpack.unpack(extra.shape)
            extra.a, extra.b = a, b
            move_all(open, i, whole, part, limit)
          end
        end
        set(extra, open)
        return hold[UNITS]
      end
    end
    return nil
  end

  return holding
end

