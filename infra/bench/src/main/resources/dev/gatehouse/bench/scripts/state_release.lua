-- SPDX-License-Identifier: Apache-2.0
-- Ends a claim of state_claim.lua: one read, one write. The expiry remains.
-- KEYS[1] the state, see state_save.lua; ARGV[1] fence
-- Reply   1, or 0 if another claim was granted
local version, expires, fence, _, _, last = cmsgpack.unpack(redis.call('HGET', KEYS[1], '#'))
if fence ~= tonumber(ARGV[1]) then
  return 0
end
redis.call('HSET', KEYS[1], '#', cmsgpack.pack(version, expires, fence, '', 0, last))
return 1
