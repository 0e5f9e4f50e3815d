-- SPDX-License-Identifier: Apache-2.0
-- Stores the response of the work once, if the owner holds the claim.
--
-- KEYS[1]  the record, see record.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  owner
-- ARGV[3]  lifetime of the response in microseconds; 0 for the lifetime of the claim
-- ARGV[4]  response, any bytes
-- Reply    packed: {"recorded", completed at, expiry, fingerprint, 1 if the stored response is this one, else 0};
--          a repeated completion by this owner changes nothing
--          {"lost"}: the owner does not hold the claim; nothing was changed
-- Error    CORRUPT, see record.lua

-- include: record.lua
local response = ARGV[4]

if not state or owner ~= ARGV[2] then
  return cmsgpack.pack('lost')
end
if state == 2 then
  return cmsgpack.pack('recorded', at, expires, fingerprint, data == response and 1 or 0)
end

if ARGV[3] ~= '0' then
  lifetime = tonumber(ARGV[3])
end
redis.call('SET', key, cmsgpack.pack(2, owner, fingerprint, now + lifetime, now, response),
  'PX', math.ceil(lifetime / 1000))
return cmsgpack.pack('recorded', now, now + lifetime, fingerprint, 1)
