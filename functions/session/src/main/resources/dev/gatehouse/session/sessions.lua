-- What the scripts have in common that change a session or look at several; it stands before them.
--
-- KEYS[1]  a hash of the sessions of a user, and of any other whose id has the same tag: by the random part of each
--          session's id its record, which is msgpack of
--            digest      SHA-256 of the token's secret, 32 bytes
--            previous    the digest of the token before, '' for none
--            grace_ends  until when that one opens the session too, or 0
--            seen        the last use that was written
--            idle_ends   when it ends unless it is used before; never after expires
--            expires     when it ends in any case
--            idle        how long it lives without use
--            created
--            version     of the attributes
--            nonce       from which, with the token before, this token was made; '' for the first
--            user        the user's id
--            attributes  packed: an object as a map, any other value as a text, its JSON
--            device      packed, a map
--          Times are in microseconds. A record that is not like this is no session, and is left as it is but where all
--          sessions are revoked. The key expires no earlier than the last session
-- ARGV[1]  now in microseconds, 0 for Redis's own clock

local now = tonumber(ARGV[1])
if now == 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
local key = KEYS[1]

local kind = redis.call('TYPE', key).ok
local foreign = kind ~= 'hash' and kind ~= 'none'

local function is_whole(value)
  return type(value) == 'number' and value >= 0 and value < 2 ^ 53 and value % 1 == 0
end

-- The values of a record, or none where it is no record.
local function values(readable, digest, previous, grace_ends, seen, idle_ends, expires, idle, created, version, nonce, user,
    attributes, device, more)
  if readable and type(digest) == 'string' and type(previous) == 'string' and is_whole(grace_ends)
      and is_whole(seen) and is_whole(idle_ends) and is_whole(expires) and is_whole(idle) and is_whole(created)
      and is_whole(version) and type(nonce) == 'string' and type(user) == 'string' and type(attributes) == 'string'
      and type(device) == 'string' and not more then
    return digest, previous, grace_ends, seen, idle_ends, expires, idle, created, version, nonce, user, attributes, device
  end
end

local function read(id, packed)
  local digest, previous, grace_ends, seen, idle_ends, expires, idle, created, version, nonce, user, attributes, device =
    values(pcall(cmsgpack.unpack, packed))
  return digest and {id = id, packed = packed, digest = digest, previous = previous, grace_ends = grace_ends, seen = seen,
    idle_ends = idle_ends, expires = expires, idle = idle, created = created, version = version, nonce = nonce,
    user = user, attributes = attributes, device = device}
end

-- One of many: no more of it than they are told apart by.
local function glance(id, packed)
  local digest, _, _, _, idle_ends, expires, _, created, _, _, user = values(pcall(cmsgpack.unpack, packed))
  return digest and {id = id, packed = packed, digest = digest, idle_ends = idle_ends, expires = expires,
    created = created, user = user}
end

local function write(session)
  session.packed = cmsgpack.pack(session.digest, session.previous, session.grace_ends, session.seen, session.idle_ends,
    session.expires, session.idle, session.created, session.version, session.nonce, session.user, session.attributes,
    session.device)
  redis.call('HSET', key, session.id, session.packed)
end

local function is_live(session)
  return now < session.idle_ends and now < session.expires
end

-- The live session of that id, or nil and the reply's word.
local function find(id)
  local packed = not foreign and redis.call('HGET', key, id)
  local session = packed and read(id, packed)
  if session and is_live(session) then
    return session
  end
  return nil, (foreign or packed and not session) and 'unreadable' or 'invalid'
end

-- All live sessions at a glance, whosever, and the ids of what cannot be read. What has ended is cleared away.
local function all()
  local live, unreadable = {}, {}
  local flat = redis.call('HGETALL', key)
  for i = 1, #flat, 2 do
    local session = glance(flat[i], flat[i + 1])
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

-- Has the key last until then, or longer if it does already.
local function last_until(time)
  local life = math.ceil((time - now) / 1000)
  if redis.call('PTTL', key) < life then
    redis.call('PEXPIRE', key, life)
  end
end

-- Has the key last as long as these, which are all there are but for what cannot be read.
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

