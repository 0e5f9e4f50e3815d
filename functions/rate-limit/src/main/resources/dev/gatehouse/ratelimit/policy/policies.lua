-- The shared part of the scripts that write policies.
--
-- KEYS[1]  a hash of all policies of a tenant:
--            version                 changes with each write, usually microseconds since 1970
--            policies, overrides     the number of each
--            policy:<name>           a limit, as LimitText.java writes it
--            override:<name>:<tag>   the limit for the subject with this tag
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- Error    CORRUPT: the version or a number in the hash is not numeric; nothing was changed

-- include: clock.lua
local key = KEYS[1]

local stored = redis.call('HMGET', key, 'version', 'policies', 'overrides')
local version, policies, overrides = tonumber(stored[1] or 0), tonumber(stored[2] or 0), tonumber(stored[3] or 0)
if not (version and policies and overrides) then
  return redis.error_reply('CORRUPT policies')
end

-- Sets the numbers and a new version, so that every process reads the policies again.
local function changed(policies_left, overrides_left)
  redis.call('HSET', key, 'version', math.max(now, version + 1), 'policies', policies_left, 'overrides', overrides_left)
end

-- Sets the expiry of the key to ten years from now.
local function keep()
  redis.call('PEXPIRE', key, 315360000000)
end

