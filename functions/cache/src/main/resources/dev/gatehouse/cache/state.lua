-- Reads the head of a key's scope into locals, and defines how to read and write the lease and the head.
--
-- KEYS[1]  the entry, see entry.lua
-- KEYS[2]  the lease, packed: owner, state, granted at, end, epoch and sequence at the grant, voided owners, the end of
--          the fresh time and the expiry of the value that the owner filled in, or 0, then when the end was set. The states:
--            loading   the owner may fill, also after the end, until another takes the lease or it is voided
--            filled    the owner has filled; the end is 0
--            released  the load has failed; nobody gets a lease before the end
--            void      an invalidation or a put ended the load; the end is 0
-- KEYS[3]  the head, only for a key with a scope: a hash of
--            epoch     random; entries and leases of another epoch are void
--            sequence  counts the marks
--            floor     entries with tags and a lower sequence are void: their marks may have been pruned
--            soft      mark of the scope: entries with a lower sequence are stale
--            h:<tag>, s:<tag>  marks of a tag: entries with a lower sequence are void, or stale
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
--
-- Marks are counted, not timed: a step of the clock revives nothing. All times and durations are in microseconds.

-- include: clock.lua
local entry_key, lease_key, head_key = KEYS[1], KEYS[2], KEYS[3]
local remembered = 600000000 -- A lease is stored so long after its end.

-- epoch is false if the scope has no head.
local epoch, sequence, floor, soft_mark = '', 0, 0, 0
if head_key then
  local head = redis.call('HMGET', head_key, 'epoch', 'sequence', 'floor', 'soft')
  epoch, sequence = head[1], tonumber(head[2] or 0)
  floor, soft_mark = tonumber(head[3] or 0), tonumber(head[4] or 0)
end

local lease = {owner = '', state = 'void', granted = 0, since = 0, ends = 0, epoch = '', sequence = 0, voided = '',
  fresh_until = 0, expires = 0}

-- Must run before anything that uses the lease. A lookup that returns a fresh value needs none.
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

local function extend_expiry(key, micros)
  local millis = math.ceil(micros / 1000)
  if redis.call('PTTL', key) < millis then
    redis.call('PEXPIRE', key, millis)
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

-- Returns the latest mark of the tags that voids, and the latest that makes stale, or 0.
local function marks_of(tags)
  local hard, soft = 0, soft_mark
  if #tags > 0 then
    hard = floor
    local fields = {}
    for i, tag in ipairs(tags) do
      fields[2 * i - 1], fields[2 * i] = 'h:' .. tag, 's:' .. tag
    end
    local marks = redis.call('HMGET', head_key, unpack(fields))
    for i = 1, #fields, 2 do
      hard, soft = math.max(hard, tonumber(marks[i] or 0)), math.max(soft, tonumber(marks[i + 1] or 0))
    end
  end
  return hard, soft
end
