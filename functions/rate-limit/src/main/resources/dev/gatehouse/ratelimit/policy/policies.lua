-- What the scripts that write policies begin with.
--
-- KEYS[1]  a hash of all policies of a tenant:
--            version                 another one after each change, in microseconds since 1970 as a rule
--            policies, overrides     how many there are
--            policy:<name>           a limit, as LimitText.java writes it
--            override:<name>:<tag>   the same, for the subject with this tag
-- ARGV[1]  now in microseconds, 0 for Redis's own clock
-- Error    CORRUPT: the hash's version or counts are not numbers; nothing was changed

local now = tonumber(ARGV[1])
if now == 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
local key = KEYS[1]

local stored = redis.call('HMGET', key, 'version', 'policies', 'overrides')
local version, policies, overrides = tonumber(stored[1] or 0), tonumber(stored[2] or 0), tonumber(stored[3] or 0)
if not (version and policies and overrides) then
  return redis.error_reply('CORRUPT policies')
end

-- Everyone who knows the version before is to read again.
local function changed(policies_left, overrides_left)
  redis.call('HSET', key, 'version', math.max(now, version + 1), 'policies', policies_left, 'overrides', overrides_left)
end

-- For ten years from now.
local function keep()
  redis.call('PEXPIRE', key, 315360000000)
end

