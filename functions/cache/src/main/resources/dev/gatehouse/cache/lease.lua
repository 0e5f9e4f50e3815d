-- SPDX-License-Identifier: Apache-2.0
-- Functions that read and write the lease and the epoch of the head. Follows scope.lua.
--
-- KEYS[2]  the lease, packed: owner, state, granted at, end, epoch and sequence at the grant, voided owners, the end of
--          the fresh time and the expiry of the value that the owner filled in, or 0, then when the end of the lease was
--          set. The states:
--            loading   the owner may fill, also after the end, until another takes the lease or it is voided
--            filled    the owner has filled; the end is 0
--            released  the load has failed; nobody gets a lease before the end
--            void      an invalidation or a put ended the load; the end is 0

local remembered = 600000000 -- A lease is stored so long after its end.

local lease = {owner = '', state = 'void', granted = 0, since = 0, ends = 0, epoch = '', sequence = 0, voided = '',
  fresh_until = 0, expires = 0}

-- Must run before anything that uses the lease.
local function read_lease()
  local packed = redis.call('GET', lease_key)
  if packed then
    local readable, owner, state, granted, ends, lease_epoch, lease_sequence, voided, fresh_until, expires, since =
      pcall(cmsgpack.unpack, packed)
    if readable and expires then
      lease = {owner = owner, state = state, granted = granted, since = since or granted, ends = ends,
        epoch = lease_epoch, sequence = lease_sequence, voided = voided, fresh_until = fresh_until, expires = expires}
    end
  end
end

local function write_lease()
  local life = math.max(lease.ends - now, 0) + remembered
  redis.call('SET', lease_key, cmsgpack.pack(lease.owner, lease.state, lease.granted, lease.ends, lease.epoch,
    lease.sequence, lease.voided, lease.fresh_until, lease.expires, lease.since), 'PX', math.ceil(life / 1000))
  if head_key and epoch then
    extend_expiry(head_key, life)
  end
end

-- Renews the lease, for at least so long from now. If the clock has stepped back, what was left of it counts from now.
local function renew_lease(length)
  local left = lease.ends - math.max(lease.since, now)
  lease.since, lease.ends = now, now + math.max(left, length)
  write_lease()
end

-- Records that the owner of the lease cannot fill any more. It gets no other lease under this name, because a delayed
-- fill of its load would be stored as one of the new load.
local function void_owner(reason)
  lease.voided = string.sub(lease.voided .. ' ' .. reason .. ':' .. lease.owner .. ' ', -1024)
end

local function was_voided(owner, reason)
  return string.find(lease.voided, ' ' .. reason .. ':' .. owner .. ' ', 1, true) ~= nil
end

local function is_spent(owner)
  return string.find(lease.voided, ':' .. owner .. ' ', 1, true) ~= nil
end

-- Returns a text that no earlier run of this call has returned: a call without a reply is repeated with the same arguments.
local function unique(random)
  return random .. string.format('-%.0f', now)
end

local function void_lease()
  if lease.state == 'loading' or lease.state == 'filled' then
    void_owner('invalidated')
    lease.state, lease.ends = 'void', 0
    write_lease()
  end
end

-- Creates the head if the scope has none. A repeated call must not bring back the epoch of a head that is gone.
local function open_scope(random)
  if not epoch then
    epoch = unique(random)
    redis.call('HSET', head_key, 'epoch', epoch)
    redis.call('PEXPIRE', head_key, 1000)
  end
end
