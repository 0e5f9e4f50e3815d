-- The fast path for the most common check, of one GCRA limit. It runs before the script creates the functions of the other
-- checks, which takes longer (about 2 µs) than this path. Leaves a record of another shape to check.lua.
-- See check.lua and gcra.lua for KEYS, ARGV and the reply.

-- include: clock.lua
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
    if inc > 0 or inc_part > 0 then
      local early = new - tol - now
      if early > 0 or (early == 0 and new_part > tol_part) then
        return cmsgpack.pack(now, 0, tat, part)
      end
      local life = new_part > 0 and new + 1 - now or new - now
      redis.call('SET', KEYS[1], cmsgpack.pack(shape, new, new_part), 'PX', math.ceil(life / 1000))
    end
    return cmsgpack.pack(now, 1, new, new_part)
  end
end

