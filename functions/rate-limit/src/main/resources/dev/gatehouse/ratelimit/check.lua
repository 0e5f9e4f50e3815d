-- Checks one or more limits atomically and charges those that it admits.
--
-- KEYS     one for each limit, with its record while units are in use
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- then one for each key, packed: kind; 1 for a shadow limit, which never denies; the duration in microseconds for which the
--          first denial locks the subject out, or 0; the parameters of the kind's fragment
-- then     "all", the default: charge every limit or none; "each": every limit alone; "none": charge nothing
-- Reply    packed: {now, then for each key: 1 for allowed, 0 for denied, or the time until which the subject is locked out,
--          and the three numbers of the resulting record}, or {now, "clock"} if now is outside the given windows; then
--          nothing was changed. A charge of no units is allowed, even in debt or for a subject that is locked out
-- Error    CORRUPT: these scripts did not write the value of a key; nothing was changed

local mode, reply = ARGV[#KEYS + 2] or 'all', {now}

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
  local blocked = 0
  if block > 0 then
    local extra = extras and extras[key]
    local before = extra and extra.blocked or 0
    if before > now then
      blocked = math.min(before, now + block)
    elseif not allowed then
      blocked = now + block
    end
    if blocked > 0 and blocked ~= before and not reads then
      extras = extras or {}
      extras[key] = extra or {due = 0}
      extras[key].blocked = blocked
      changed = true
    end
    allowed = reads or blocked == 0
  end
  charges = charges and (allowed or shadow == 1 or mode == 'each')
  if i < #KEYS then
    local instead
    charges, instead = decide(i + 1, charges, cmsgpack.unpack(ARGV[i + 2]))
    if charges == nil then
      return nil, instead
    end
  end
  local charged = allowed and charges
  if charged then
    ends, a, b, c = new_ends, new_a, new_b, new_c
  end
  -- Even a denial stores use that was carried over or moved back, so that it decays as the denial reports, and a lock-out.
  if not reads and (charged or changed) then
    store(key, shape, ends, a, b, c)
  end
  local n = 4 * i - 3
  reply[n + 1], reply[n + 2], reply[n + 3], reply[n + 4] = blocked > 0 and blocked or allowed and 1 or 0, a, b, c
  return charges
end

local _, instead = decide(1, mode ~= 'none', cmsgpack.unpack(ARGV[2]))
return instead or cmsgpack.pack(unpack(reply))
