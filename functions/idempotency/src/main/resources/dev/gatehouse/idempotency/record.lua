-- Reads the record of one idempotency key into locals. An expired record counts as absent, even if Redis still has it.
--
-- KEYS[1]  the record, packed: state, owner, fingerprint ('' for none), expiry; then
--            in state 1, in flight: claimed at, claimed by, attempt, end of the lease, lifetime as requested
--            in state 2, completed: completed at, response
--          All times and durations are in microseconds
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- Error    CORRUPT: these scripts did not write the value of the key; nothing was changed

-- include: clock.lua
local key = KEYS[1]

-- state is nil for an absent record; data is the claimant in state 1 and the response in state 2.
local state, owner, fingerprint, expires, at, data, attempt, lease, lifetime
local packed = redis.call('GET', key)
if packed then
  state, owner, fingerprint, expires, at, data, attempt, lease, lifetime = cmsgpack.unpack(packed)
  if not (state == 1 and lifetime or state == 2 and data) then
    return redis.error_reply('CORRUPT claim')
  end
  if expires <= now then
    state = nil
  end
end
