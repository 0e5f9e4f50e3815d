-- SPDX-License-Identifier: Apache-2.0
-- Saves a state of an expected version: the minimum of a save that respects claims and can be repeated.
-- KEYS[1] a hash: "#", packed: version, expiry, fence, owner, end of the lease, id of the last save; and the members
-- ARGV[1] expected version, 0 for none; ARGV[2] fence, 0 for none; ARGV[3] id of the save; ARGV[4] life in microseconds of a
--         new state; then for each member its name and its text
-- Reply   the version, or 0 if the save is refused
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local version, expires, fence, owner, lease, last = 0, 0, 0, '', 0, ''
local record = redis.call('HGET', KEYS[1], '#')
if record then
  version, expires, fence, owner, lease, last = cmsgpack.unpack(record)
end
if last == ARGV[3] then
  return version
end
local live = expires > now
if tonumber(ARGV[2]) ~= (lease > now and fence or 0) or tonumber(ARGV[1]) ~= (live and version or 0) then
  return 0
end
version, expires = math.max(now, version + 1), live and expires or now + ARGV[4]
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], '#', cmsgpack.pack(version, expires, fence, owner, lease, ARGV[3]), unpack(ARGV, 5))
redis.call('PEXPIRE', KEYS[1], math.ceil((math.max(expires, lease) - now) / 1000))
return version
