-- SPDX-License-Identifier: Apache-2.0
-- Returns the value of a key, and grants the lease to load it if a load is due and nobody else loads.
--
-- KEYS     see scope.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  owner
-- ARGV[3]  length of the lease in microseconds, or 0 to change nothing
-- ARGV[4]  random: the epoch of a new head, and the owner if ARGV[2] cannot be one any more
-- Reply    packed: {"fresh", "stale" or "missing"; "leased", "loading", "held" or "idle"; owner of the lease, its end,
--          the time until then; end of the fresh time, expiry, value}. Leased: the caller loads. Loading: another does.
--          Held: a load has failed, and nobody loads before the end. Idle: a load is not due or was not wanted

-- include: scope.lua
-- include: entry.lua
local caller, length, random = ARGV[2], tonumber(ARGV[3]), ARGV[4]

local found, fresh_until, expires, value = 'missing', 0, 0, ''
local due = true
local entry = read_entry()
if entry then
  fresh_until, expires, value = entry.fresh_until, entry.expires, entry.value
  found = (entry.marked or now >= fresh_until) and 'stale' or 'fresh'
  -- A fresh value is refreshed ahead, with time for two loads.
  due = found == 'stale' or fresh_until - now < 2 * entry.load
  if entry.marked then
    fresh_until = math.min(fresh_until, now)
  end
end

if not due then
  return cmsgpack.pack(found, 'idle', '', 0, 0, fresh_until, expires, value)
end

-- Included after that, because it takes longer than a lookup that needs no lease.
-- include: lease.lua
read_lease()
local current = lease.epoch == epoch
local is_owner = lease.state == 'loading' and (lease.owner == caller or lease.owner == random) and current
-- After a step of the clock back by more than the lease, it holds nobody off.
local stepped_back = lease.since - now > lease.ends - lease.since
local held = now < lease.ends and not stepped_back and (lease.state == 'released' or current)

local load, owner, ends = 'idle', '', 0
if length > 0 and is_owner then
  -- The first grant counts: an invalidation since then still voids the load.
  renew_lease(length)
  load, owner, ends = 'leased', lease.owner, lease.ends
elseif held then
  if found ~= 'fresh' then
    load, ends = lease.state == 'released' and 'held' or 'loading', lease.ends
  end
elseif length > 0 then
  if lease.state == 'loading' or lease.state == 'filled' then
    void_owner(current and 'taken' or 'invalidated')
  elseif lease.state == 'released' then
    void_owner('ended')
  end
  local run = 0
  while is_spent(caller) do
    caller = run == 0 and random or unique(random) .. '-' .. run
    run = run + 1
  end
  if head_key then
    open_scope(random)
  end
  lease.owner, lease.state, lease.granted, lease.since, lease.ends = caller, 'loading', now, now, now + length
  lease.epoch, lease.sequence, lease.fresh_until, lease.expires = epoch, sequence, 0, 0
  write_lease()
  load, owner, ends = 'leased', caller, lease.ends
end
return cmsgpack.pack(found, load, owner, ends, math.max(ends - now, 0), fresh_until, expires, value)
