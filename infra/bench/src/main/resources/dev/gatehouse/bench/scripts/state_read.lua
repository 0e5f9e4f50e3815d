-- SPDX-License-Identifier: Apache-2.0
-- Returns a state: the minimum of a read. Writes nothing.
-- KEYS[1] the state, see state_save.lua
-- Reply   the fields and their values, or {} if there is no state
local time = redis.call('TIME')
local record = redis.call('HGET', KEYS[1], '#')
if not record or select(2, cmsgpack.unpack(record)) <= time[1] * 1000000 + time[2] then
  return {}
end
return redis.call('HGETALL', KEYS[1])
