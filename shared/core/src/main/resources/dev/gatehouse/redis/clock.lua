-- SPDX-License-Identifier: Apache-2.0
-- Sets now, in microseconds since 1970: ARGV[1], or the clock of Redis if that is 0.

local now = tonumber(ARGV[1])
if now == 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
