-- SPDX-License-Identifier: Apache-2.0
-- Points from an imported key to its owner.
--
-- KEYS[1]  the tag of the owner, under the tag of the key's digest
-- ARGV[1]  now in microseconds, unused
-- ARGV[2]  tag of the owner
-- ARGV[3]  tag of another owner that may be replaced; '' for none
-- ARGV[4]  milliseconds for which the pointer lasts; 0 for ever
-- ARGV[5]  'longest' to keep a pointer to the same owner that lasts longer
-- Reply    packed: {"pointed"}
--          {"taken", tag of another owner}: nothing was changed

local known = redis.call('GET', KEYS[1])
if known and known ~= ARGV[2] and known ~= ARGV[3] then
  return cmsgpack.pack('taken', known)
end
if ARGV[5] == 'longest' and known == ARGV[2] then
  local left, millis = redis.call('PTTL', KEYS[1]), tonumber(ARGV[4])
  if left == -1 or (millis > 0 and left > millis) then
    return cmsgpack.pack('pointed')
  end
end
if ARGV[4] == '0' then
  redis.call('SET', KEYS[1], ARGV[2])
else
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[4])
end
return cmsgpack.pack('pointed')
