-- SPDX-License-Identifier: Apache-2.0
-- Functions shared by the scripts that change a session or read several.
--
-- KEYS[1]  a hash of the sessions of a user and of any other user whose id has the same tag. The field is the random
--          part of the session id, the value its record, packed:
--            digest      SHA-256 of the token's secret, 32 bytes
--            previous    digest of the previous token, then older ones, see replaced-tokens.lua; '' for none
--            grace_ends  end of the time in which the previous token opens the session too; 0 for none, or once its reuse
--                        after that time was reported
--            seen        last use that was written
--            idle_ends   end of the session without further use; at most expires
--            expires     absolute end of the session
--            idle        idle timeout
--            created
--            version     version of the attributes
--            nonce       the nonce of the last rotation: random bytes, its grace period in seconds as two bytes, and the
--                        level that it granted; '' before the first
--            user        user id
--            attributes  packed: an object as a map, any other value as its JSON text
--            device      packed, a map
--          A session with any of these has all of them; earlier versions can read only sessions without:
--            level       level of certainty of the token; '' for none
--            level_ends  end of the level
--            authenticated  last authentication of the user, for the token; otherwise created
--            old_level, old_level_ends, old_authenticated  the same of the previous token
--            actor       who acts for the user; '' for nobody else
--            on_reuse    log or revoke; '' for the setting
--          All times are in microseconds. Any other record is unreadable and stays unchanged, unless all sessions are
--          revoked. The key expires no earlier than the last session
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis

-- include: clock.lua
-- include: clock-step.lua
local key = KEYS[1]

local kind = redis.call('TYPE', key).ok
local foreign = kind ~= 'hash' and kind ~= 'none'

local function is_whole(value)
  return type(value) == 'number' and value >= 0 and value < 2 ^ 53 and value % 1 == 0
end

local fields = {'digest', 'previous', 'grace_ends', 'seen', 'idle_ends', 'expires', 'idle', 'created', 'version', 'nonce',
  'user', 'attributes', 'device', 'level', 'level_ends', 'authenticated', 'old_level', 'old_level_ends', 'old_authenticated',
  'actor', 'on_reuse'}

-- Returns the values of a record, or nothing if it is unreadable.
local function values(readable, digest, previous, grace_ends, seen, idle_ends, expires, idle, created, version, nonce, user,
    attributes, device, level, level_ends, authenticated, old_level, old_level_ends, old_authenticated, actor, on_reuse, more)
  if level == nil then
    level, level_ends, authenticated, old_level, old_level_ends, old_authenticated, actor, on_reuse =
      '', 0, created, '', 0, created, '', ''
  end
  if readable and type(digest) == 'string' and type(previous) == 'string' and is_whole(grace_ends)
      and is_whole(seen) and is_whole(idle_ends) and is_whole(expires) and is_whole(idle) and is_whole(created)
      and is_whole(version) and type(nonce) == 'string' and type(user) == 'string' and type(attributes) == 'string'
      and type(device) == 'string' and type(level) == 'string' and is_whole(level_ends) and is_whole(authenticated)
      and type(old_level) == 'string' and is_whole(old_level_ends) and is_whole(old_authenticated)
      and type(actor) == 'string' and type(on_reuse) == 'string' and not more then
    return digest, previous, grace_ends, seen, idle_ends, expires, idle, created, version, nonce, user, attributes, device,
      level, level_ends, authenticated, old_level, old_level_ends, old_authenticated, actor, on_reuse
  end
end

local function read(id, packed)
  local record = {values(pcall(cmsgpack.unpack, packed))}
  if not record[1] then
    return nil
  end
  local session = {id = id, packed = packed}
  for i, field in ipairs(fields) do
    session[field] = record[i]
  end
  return session
end

-- Reads only the values that select among many sessions.
local function glance(id, packed)
  local digest, _, grace_ends, seen, idle_ends, expires, _, created, _, nonce, user, _, _, level, level_ends =
    values(pcall(cmsgpack.unpack, packed))
  return digest and {id = id, packed = packed, digest = digest, grace_ends = grace_ends, seen = seen,
    idle_ends = idle_ends, expires = expires, created = created, nonce = nonce, user = user, level = level,
    level_ends = level_ends}
end

local function pack(session)
  local record = {}
  for i, field in ipairs(fields) do
    record[i] = session[field]
  end
  local plain = session.level == '' and session.old_level == '' and session.authenticated == session.created
    and session.old_authenticated == session.created and session.actor == '' and session.on_reuse == ''
  return cmsgpack.pack(unpack(record, 1, plain and 13 or #fields))
end

local function write(session)
  session.packed = pack(session)
  redis.call('HSET', key, session.id, session.packed)
end

-- Returns the record for a reply to the holder of the current token: without a level that has ended.
local function shown(session)
  if session.level == '' or now < session.level_ends then
    return session.packed
  end
  local copy = read(session.id, session.packed)
  copy.level = ''
  return pack(copy)
end

-- Returns the session with its times after a step back of the clock, which it stores.
local function in_time(session)
  local step = clock_step(session.seen, session.grace_ends, session.nonce)
  if step == 0 then
    return session
  end
  local moved = read(session.id, session.packed)
  moved.created, moved.seen, moved.idle_ends, moved.expires, moved.grace_ends =
    times_before(step, moved.created, moved.seen, moved.idle_ends, moved.expires, moved.grace_ends)
  for _, time in ipairs({'level_ends', 'authenticated', 'old_level_ends', 'old_authenticated'}) do
    moved[time] = math.max(0, moved[time] - step)
  end
  write(moved)
  return moved
end

local function is_live(session)
  return now < session.idle_ends and now < session.expires
end

-- Returns the live session with this id, or nil and the outcome for the reply.
local function find(id)
  local packed = not foreign and redis.call('HGET', key, id)
  local session = packed and read(id, packed)
  session = session and in_time(session)
  if session and is_live(session) then
    return session
  end
  return nil, (foreign or packed and not session) and 'unreadable' or 'invalid'
end

-- Returns the live sessions of all users, and the ids of unreadable records. Removes ended sessions.
local function all()
  local live, unreadable = {}, {}
  local flat = redis.call('HGETALL', key)
  for i = 1, #flat, 2 do
    local session = glance(flat[i], flat[i + 1])
    session = session and in_time(session)
    if not session then
      unreadable[#unreadable + 1] = flat[i]
    elseif is_live(session) then
      live[#live + 1] = session
    else
      redis.call('HDEL', key, flat[i])
    end
  end
  return live, unreadable
end

-- Extends the expiry of the key to this time. Never shortens it.
local function last_until(time)
  local life = math.ceil((time - now) / 1000)
  if redis.call('PTTL', key) < life then
    redis.call('PEXPIRE', key, life)
  end
end

-- Sets the expiry of the key to the end of the last of these sessions, which are all readable ones.
local function last_as_long_as(live, unreadable)
  local latest = now
  for _, session in ipairs(live) do
    latest = math.max(latest, session.idle_ends)
  end
  if #unreadable > 0 then
    last_until(latest)
  elseif latest > now then
    redis.call('PEXPIRE', key, math.ceil((latest - now) / 1000))
  end
end

