-- SPDX-License-Identifier: Apache-2.0
-- Stores the value that the owner of the lease of cache_lookup.lua has loaded: one read, two writes.
-- KEYS    as in cache_lookup.lua; ARGV[1] owner, ARGV[2] lifetime in microseconds, ARGV[3] value
-- Reply   1, or 0 if the owner has no lease
if redis.call('GET', KEYS[2]) ~= ARGV[1] then
  return 0
end
local time = redis.call('TIME')
local expires = time[1] * 1000000 + time[2] + ARGV[2]
redis.call('SET', KEYS[1], cmsgpack.pack(expires, ARGV[3]), 'PX', math.ceil(ARGV[2] / 1000))
redis.call('DEL', KEYS[2])
return 1
