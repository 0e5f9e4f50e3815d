-- SPDX-License-Identifier: Apache-2.0
-- Finds the session of a token and extends its idle timeout if this is use of it. Does not include sessions.lua, whose
-- functions take longer to create than this script takes to run.
--
-- KEYS[1]  the sessions, see sessions.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  random part of the session id
-- ARGV[3]  digest of the token's secret
-- ARGV[4]  1 if this is use of the session, else 0
-- ARGV[5]  1 to end the session if a replaced token is reused, else 0
-- Reply    packed: {"found", record}: with the level of the token, unless it has ended
--          {"invalid"}: the token opens no session
--          {"reused", 1 if this is the first report of the token, else 0, 1 if the session has ended, else 0}: it was
--          replaced, and its grace period is over
--          {"unreadable"}: the record or the key is not a session; nothing was changed

local key, id = KEYS[1], ARGV[2]
local packed = redis.pcall('HGET', key, id)
if not packed then
  return cmsgpack.pack('invalid')
end
local readable, digest, previous, grace_ends, seen, idle_ends, expires, idle, created, version, nonce, user, attributes,
  device, level, level_ends, authenticated, old_level, old_level_ends, old_authenticated, actor, on_reuse, more =
  pcall(cmsgpack.unpack, packed)
if not readable or type(digest) ~= 'string' or type(previous) ~= 'string' or type(grace_ends) ~= 'number'
    or type(seen) ~= 'number' or type(idle_ends) ~= 'number' or type(expires) ~= 'number' or type(idle) ~= 'number'
    or not (seen < 2 ^ 53 and idle_ends <= expires and expires < 2 ^ 53 and idle < 2 ^ 53) or not device or more
    or level and (type(level_ends) ~= 'number' or type(authenticated) ~= 'number' or type(old_level_ends) ~= 'number'
    or type(old_authenticated) ~= 'number' or not on_reuse) then
  if packed.err and not string.find(packed.err, 'WRONGTYPE', 1, true) then
    return packed
  end
  return cmsgpack.pack('unreadable')
end

-- include: clock.lua
-- The values that only some sessions have, see sessions.lua. MessagePack of several values is that of each in turn.
local rest = level and cmsgpack.pack(level, level_ends, authenticated, old_level, old_level_ends, old_authenticated, actor,
  on_reuse) or ''
if now < math.max(seen, grace_ends) - 60000000 and type(created) == 'number' and type(nonce) == 'string' then
-- include: clock-step.lua
  local step = clock_step(seen, grace_ends, nonce)
  if step > 0 then
    created, seen, idle_ends, expires, grace_ends = times_before(step, created, seen, idle_ends, expires, grace_ends)
    if level then
      level_ends, authenticated = math.max(0, level_ends - step), math.max(0, authenticated - step)
      old_level_ends, old_authenticated = math.max(0, old_level_ends - step), math.max(0, old_authenticated - step)
      rest = cmsgpack.pack(level, level_ends, authenticated, old_level, old_level_ends, old_authenticated, actor, on_reuse)
    end
    packed = cmsgpack.pack(digest, previous, grace_ends, seen, idle_ends, expires, idle, created, version, nonce, user,
      attributes, device) .. rest
    redis.call('HSET', key, id, packed)
  end
end
if now >= idle_ends or now >= expires then
  return cmsgpack.pack('invalid')
end
-- Lua interns strings and compares their addresses, so this takes constant time.
if digest ~= ARGV[3] then
-- include: replaced-tokens.lua
  local at, ends = find_replaced(previous, grace_ends, ARGV[3])
  if not ends or now < ends and at > 1 then
    return cmsgpack.pack('invalid')
  end
  if now >= ends then
    local revoked = on_reuse == 'revoke' or on_reuse ~= 'log' and ARGV[5] == '1'
    if revoked then
      redis.call('HDEL', key, id)
    elseif ends > 0 then
      previous, grace_ends = report_reuse(previous, grace_ends, at)
      redis.call('HSET', key, id, cmsgpack.pack(digest, previous, grace_ends, seen, idle_ends, expires, idle, created,
        version, nonce, user, attributes, device) .. rest)
    end
    return cmsgpack.pack('reused', (revoked or ends > 0) and 1 or 0, revoked and 1 or 0)
  end
end

if ARGV[4] == '1' and now - seen >= math.min(60000000, idle / 30) then
  seen, idle_ends = now, math.min(now + idle, expires)
  packed = cmsgpack.pack(digest, previous, grace_ends, seen, idle_ends, expires, idle, created, version, nonce, user,
    attributes, device) .. rest
  redis.call('HSET', key, id, packed)
  local life = math.ceil((idle_ends - now) / 1000)
  if redis.call('PTTL', key) < life then
    redis.call('PEXPIRE', key, life)
  end
end
if level then
  if digest ~= ARGV[3] then
    level, level_ends, authenticated = old_level, old_level_ends, old_authenticated
  end
  packed = cmsgpack.pack(digest, previous, grace_ends, seen, idle_ends, expires, idle, created, version, nonce, user,
    attributes, device, now < level_ends and level or '', level_ends, authenticated, '', 0, 0, actor, on_reuse)
end
return cmsgpack.pack('found', packed)
