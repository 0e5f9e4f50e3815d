-- SPDX-License-Identifier: Apache-2.0
-- Reads the record of one idempotency key into locals. An expired record counts as absent, even if Redis still has it.
--
-- KEYS[1]  the record, packed: state, owner, fingerprint ('' for none), expiry; then
--            in state 1, in flight: claimed at, claimed by, attempt, end of the lease, lifetime as requested, and if the
--            lease was extended, the time of the extension
--            in state 2, completed: completed at, response
--          All times and durations are in microseconds
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- Error    CORRUPT: these scripts did not write the value of the key; nothing was changed
--
-- A lease or a result begins again if the clock has stepped back by more than its length since its beginning.

-- include: clock.lua
local key = KEYS[1]

-- state is nil for an absent record; data is the claimant in state 1 and the response in state 2.
local state, owner, fingerprint, expires, at, data, attempt, lease, lifetime, extended
local begins_again = false
local packed = redis.call('GET', key)
if packed then
  state, owner, fingerprint, expires, at, data, attempt, lease, lifetime, extended = cmsgpack.unpack(packed)
  if not (state == 1 and lifetime or state == 2 and data) then
    return redis.error_reply('CORRUPT claim')
  end
  local begun = extended or at
  if expires <= now then
    state = nil
  elseif begun > now and begun - now > (lease or expires) - begun then
    local step = begun - now
    at, expires, lease, extended, begins_again = at - step, expires - step, lease and lease - step, now, true
  end
end
