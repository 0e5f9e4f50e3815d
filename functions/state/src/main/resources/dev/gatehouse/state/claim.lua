-- SPDX-License-Identifier: Apache-2.0
-- Claims a state for an owner, if no other owner has a live lease or the owner takes over.
--
-- KEYS[1]  the state, see state.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  how long a record remains, see state.lua
-- ARGV[3]  owner
-- ARGV[4]  description of the owner for other claimants
-- ARGV[5]  length of the lease in microseconds
-- ARGV[6]  1 to take over, else 0
-- ARGV[7]  a version whose members are left out, or 0
-- Reply    packed: {"claimed", fence, end of the lease} and the reply of read.lua; the same fence for the owner of the claim
--          {"held", held by, end of the lease, microseconds until then}: nothing was changed
-- Error    CORRUPT, see state.lua

-- include: state.lua
local owner = ARGV[3]
local s = load(KEYS[1])
if not s then
  return redis.error_reply('CORRUPT state')
end
if s.owner ~= owner then
  if is_claimed(s) and ARGV[6] ~= '1' then
    return held(s)
  end
  s.fence, s.owner, s.at, s.lease = math.max(now, s.fence + 1), owner, 0, 0
end
s.held_by = ARGV[4]
extend_lease(s, ARGV[5])
store(s)
return cmsgpack.pack('claimed', s.fence, s.lease) .. content(s, tonumber(ARGV[7]))
