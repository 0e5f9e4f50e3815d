-- SPDX-License-Identifier: Apache-2.0
-- Completes a claim of claim.lua by its owner: one read, one write.
-- KEYS[1] the record; ARGV[1] owner, ARGV[2] response, ARGV[3] lifetime in microseconds
-- Reply   'completed' or 'lost'
local record = redis.call('GET', KEYS[1])
if not record or cmsgpack.unpack(record) ~= ARGV[1] then
  return 'lost'
end
redis.call('SET', KEYS[1], cmsgpack.pack('done', ARGV[2]), 'PX', math.ceil(ARGV[3] / 1000))
return 'completed'
