-- SPDX-License-Identifier: Apache-2.0
-- The shared part of the scripts that write policies.
--
-- KEYS[1]  a hash of all policies of a tenant:
--            version                 changes with each write, usually microseconds since 1970
--            policies, overrides     the number of each
--            expiry                  earliest end of an override or before it, in milliseconds since 1970; absent if none ends
--            policy:<name>           a limit, as LimitText.java writes it
--            override:<name>:<tag>   the override for the subject with this tag, as OverrideText.java writes it
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- Error    CORRUPT: the version or a number in the hash is not numeric; nothing was changed

-- include: clock.lua
local key = KEYS[1]

local stored = redis.call('HMGET', key, 'version', 'policies', 'overrides', 'expiry')
local version, policies, overrides = tonumber(stored[1] or 0), tonumber(stored[2] or 0), tonumber(stored[3] or 0)
local expiry = tonumber(stored[4] or math.huge)
if not (version and policies and overrides and expiry) then
  return redis.error_reply('CORRUPT policies')
end

-- Stores the numbers and the earliest end.
local function count()
  redis.call('HSET', key, 'policies', policies, 'overrides', overrides)
  if expiry < math.huge then
    redis.call('HSET', key, 'expiry', expiry)
  else
    redis.call('HDEL', key, 'expiry')
  end
end

-- Stores the numbers and a new version, so that every process reads the policies again.
local function changed()
  redis.call('HSET', key, 'version', math.max(now, version + 1))
  count()
end

-- Sets the expiry of the key to ten years from now.
local function keep()
  redis.call('PEXPIRE', key, 315360000000)
end

-- Removes the overrides that have ended. No process uses them, so the version stays.
if expiry * 1000 <= now then
  expiry = math.huge
  local fields = redis.call('HGETALL', key)
  for i = 1, #fields, 2 do
    local ends = fields[i]:sub(1, 9) == 'override:' and tonumber(fields[i + 1]:match('expiresAt=(%d+)'))
    if ends and ends * 1000 <= now then
      overrides = overrides - redis.call('HDEL', key, fields[i])
    elseif ends then
      expiry = math.min(expiry, ends)
    end
  end
  count()
end

