-- SPDX-License-Identifier: Apache-2.0
-- Checks one or more limits atomically and charges those that it admits.
--
-- KEYS     one for each limit, with its record while units are in use. hold.lua adds to these
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- then one for each key, packed: kind; 1 for a shadow limit, which never denies; the duration in microseconds for which the
--          first denial locks the subject out, or 0; the parameters of the kind's fragment
-- then     "all", the default: charge every limit or none; "each": every limit alone; "none": charge nothing
-- Reply    packed: {now, then for each key: 1 for allowed, 0 for denied, or the time until which the subject is locked out,
--          and the three numbers of the resulting record}, or {now, "clock"} if now is outside the given windows; then
--          nothing was changed. A charge of no units is allowed, even in debt or for a subject that is locked out.
--          -1 in place of 0 where holds are open, which may give back units
-- Error    CORRUPT: these scripts did not write the value of a key; nothing was changed

local mode, reply = ARGV[count + 2] or 'all', {now}

-- Returns the time until which the subject is locked out after a check, 0 if it is not, and whether that is a change.
local function lock_out(key, block, denied, reads)
  local extra = extras and extras[key]
  local before, blocked = extra and extra.blocked or 0, 0
  if before > now then
    blocked = math.min(before, now + block)
  elseif denied then
    blocked = now + block
  end
  return blocked, blocked > 0 and blocked ~= before and not reads
end

-- Decides the limits from the i-th on, then stores the i-th, so that nothing is stored before all are decided. Returns
-- whether the limits are charged, or nil and the reply of the script.
local function decide(i, charges, kind, shadow, block, ...)
  local key = KEYS[i]
  local allowed, shape, reads, changed, ends, a, b, c, new_ends, new_a, new_b, new_c = check[kind](key, ...)
  if allowed == nil then
    return nil, redis.error_reply('CORRUPT record of a limit')
  end
  if allowed == 'clock' then
    return nil, cmsgpack.pack(now, 'clock')
  end
  local extra, flag, first = extras and extras[key], allowed and 1 or 0, nil
  changed = changed or extra and extra.ended
  if hold then
    first = hold.found(i, shape)
    if first == false then
      return nil, redis.error_reply('CORRUPT hold')
    end
  end
  if first then
    flag = 1
  else
    if block > 0 then
      local blocked, is_new = lock_out(key, block, not allowed, reads)
      if is_new then
        extra_of(key, shape, a, b, c).blocked = blocked
        changed = true
      end
      if blocked > 0 then
        allowed, flag = reads, blocked
      end
    end
    if flag == 1 and hold and hold.is_full(i) then
      allowed, flag = false, -extra.due
    elseif flag == 0 and extra and extra.due > 0 then
      flag = -1
    end
  end
  charges = charges and (first or allowed or shadow == 1 or mode == 'each')
  if i < count then
    local instead
    charges, instead = decide(i + 1, charges, cmsgpack.unpack(ARGV[i + 2]))
    if charges == nil then
      return nil, instead
    end
  end
  local charged = allowed and charges and not first
  if charged then
    ends, a, b, c = new_ends, new_a, new_b, new_c
    if hold then
      hold.add(i, shape, a, b, c)
    end
  end
  -- Even a denial stores use that was carried over, moved back or returned by a hold, so that it decays as the denial reports,
  -- and a lock-out.
  if not reads and (charged or changed) then
    store(key, shape, ends, a, b, c)
  end
  if first and first.shape == shape then
    a, b, c = first.a, first.b, first.c
  end
  local n = 4 * i - 3
  reply[n + 1], reply[n + 2], reply[n + 3], reply[n + 4] = flag, a, b, c
  return charges
end

local charged, instead = decide(1, mode ~= 'none', cmsgpack.unpack(ARGV[2]))
if charged == nil then
  return instead
end
if hold then
  hold.append(reply)
end
return cmsgpack.pack(unpack(reply))
