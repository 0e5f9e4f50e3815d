-- SPDX-License-Identifier: Apache-2.0
-- Functions for a session after a step back of the clock. If the clock is more than a minute behind the last touch or rotation
-- of the session, all times of the session go back with it, so that the session lasts no longer for the step.

-- Returns by how many microseconds the times go back; 0 if there was no such step.
local function clock_step(seen, grace_ends, nonce)
  if now >= math.max(seen, grace_ends) - 60000000 then
    return 0
  end
  -- The nonce ends with the grace period in seconds, unless an earlier version wrote it.
  local high, low = string.byte(nonce, 17, 18)
  local rotated = low and grace_ends - (high * 256 + low) * 1000000 or 0
  local step = math.max(seen, rotated) - now
  return step > 60000000 and step or 0
end

local function times_before(step, created, seen, idle_ends, expires, grace_ends)
  return math.max(0, created - step), math.max(0, seen - step), idle_ends - step, expires - step,
    grace_ends > 0 and math.max(1, grace_ends - step) or 0
end

