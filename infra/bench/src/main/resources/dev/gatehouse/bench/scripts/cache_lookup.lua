-- SPDX-License-Identifier: Apache-2.0
-- Looks a value up, and grants the lease to load it if it is missing: the minimum of a cache with one loader.
-- KEYS[1] the value: expiry in microseconds, value; KEYS[2] the lease; ARGV[1] owner, ARGV[2] lease in milliseconds
-- Reply   {value}, {value nil, 1} with the lease or {value nil, 0} without
local time = redis.call('TIME')
local entry = redis.call('GET', KEYS[1])
if entry then
  local expires, value = cmsgpack.unpack(entry)
  if time[1] * 1000000 + time[2] < expires then
    return {value}
  end
end
return {false, redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) and 1 or 0}
