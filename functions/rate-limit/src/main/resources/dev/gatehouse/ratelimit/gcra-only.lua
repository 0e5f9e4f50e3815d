-- The common case first: limits by GCRA, charged all or none, each with a record of its shape, if there is any. They are
-- decided as check.lua does, before all else that a script may need is set up, which alone takes as long as this. See there and
-- gcra.lua for KEYS, ARGV and the reply.

-- include: clock.lua

-- One alone has its own lines: the functions that several share would cost it a percent or three.
if #ARGV == 2 then
  local _, _, shape, limit, tol, tol_part, inc, inc_part = cmsgpack.unpack(ARGV[2])
  local tat, part, was = now, 0, shape
  local packed = redis.call('GET', KEYS[1])
  if packed then
    was, tat, part = cmsgpack.unpack(packed)
  end
  if was == shape then
    if tat < now then
      tat, part = now, 0
    end
    local new, new_part = tat + inc, part + inc_part
    if new_part >= limit then
      new, new_part = new + 1, new_part - limit
    end
    local early = new - tol - now
    if early > 0 or (early == 0 and new_part > tol_part) then
      return cmsgpack.pack(now, 0, tat, part)
    end
    if inc > 0 or inc_part > 0 then
      local life = new_part > 0 and new + 1 - now or new - now
      redis.call('SET', KEYS[1], cmsgpack.pack(shape, new, new_part), 'PX', math.ceil(life / 1000))
    end
    return cmsgpack.pack(now, 1, new, new_part)
  end
elseif ARGV[#KEYS + 2] == 'all' then
  -- Whether a limit has room, nil if its record is of another shape; then the limit's shape and numbers without the charge and
  -- with it.
  local function room(key, _, shadow, shape, limit, tol, tol_part, inc, inc_part)
    local tat, part = now, 0
    local packed = redis.call('GET', key)
    if packed then
      local was
      was, tat, part = cmsgpack.unpack(packed)
      if was ~= shape then
        return nil
      end
      if tat < now then
        tat, part = now, 0
      end
    end
    local new, new_part = tat + inc, part + inc_part
    if new_part >= limit then
      new, new_part = new + 1, new_part - limit
    end
    local early = new - tol - now
    return early < 0 or (early == 0 and new_part <= tol_part), shadow, shape, tat, part, new, new_part
  end

  local function charge(key, shape, was, was_part, tat, part)
    if tat > was or part > was_part then
      local life = part > 0 and tat + 1 - now or tat - now
      redis.call('SET', key, cmsgpack.pack(shape, tat, part), 'PX', math.ceil(life / 1000))
    end
  end

  local reply = {now}

  -- From the i-th limit on: charges them if those before fit and they all do. Returns whether it did, nil if it cannot tell.
  local function charged(i, fit)
    local key = KEYS[i]
    if not key then
      return fit
    end
    local allowed, shadow, shape, tat, part, new, new_part = room(key, cmsgpack.unpack(ARGV[i + 1]))
    if allowed == nil then
      return nil
    end
    local charges = charged(i + 1, fit and (allowed or shadow == 1))
    if charges and allowed then
      charge(key, shape, tat, part, new, new_part)
      tat, part = new, new_part
    end
    local at = 3 * i
    reply[at - 1], reply[at], reply[at + 1] = allowed and 1 or 0, tat, part
    return charges
  end

  if charged(1, true) ~= nil then
    return cmsgpack.pack(unpack(reply))
  end
end
