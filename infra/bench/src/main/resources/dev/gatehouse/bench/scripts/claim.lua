-- SPDX-License-Identifier: Apache-2.0
-- Claims an idempotency key: the minimum of a claim with a lease and a fingerprint.
-- KEYS[1] the record: owner, fingerprint, end of the lease, or 'done', the response
-- ARGV[1] owner, ARGV[2] fingerprint, ARGV[3] lease and ARGV[4] lifetime, both in microseconds
-- Reply   'claimed', 'in-flight' or the response
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local record = redis.call('GET', KEYS[1])
if record then
  local owner, fingerprint, lease = cmsgpack.unpack(record)
  if owner == 'done' then
    return fingerprint
  end
  if lease > now and owner ~= ARGV[1] then
    return 'in-flight'
  end
end
redis.call('SET', KEYS[1], cmsgpack.pack(ARGV[1], ARGV[2], now + ARGV[3]), 'PX', math.ceil(ARGV[4] / 1000))
return 'claimed'
