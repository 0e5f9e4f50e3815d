-- SPDX-License-Identifier: Apache-2.0
-- Claims a state and returns it: the minimum of a claim with a lease and a fence.
-- KEYS[1] the state, see state_save.lua; ARGV[1] owner, ARGV[2] lease in microseconds
-- Reply   {fence, {fields and values}}, or {} if another owner has the lease
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local version, expires, fence, owner, lease, last = 0, 0, 0, '', 0, ''
local record = redis.call('HGET', KEYS[1], '#')
if record then
  version, expires, fence, owner, lease, last = cmsgpack.unpack(record)
end
if owner ~= ARGV[1] then
  if lease > now then
    return {}
  end
  fence = math.max(now, fence + 1)
end
lease = now + ARGV[2]
redis.call('HSET', KEYS[1], '#', cmsgpack.pack(version, expires, fence, ARGV[1], lease, last))
redis.call('PEXPIRE', KEYS[1], math.ceil((math.max(expires, lease) - now) / 1000))
return {fence, redis.call('HGETALL', KEYS[1])}
