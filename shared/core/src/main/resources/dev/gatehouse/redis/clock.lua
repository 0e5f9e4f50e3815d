-- Sets now, the time in microseconds since 1970: the caller's where ARGV[1] is not 0, else that of Redis.

local now = tonumber(ARGV[1])
if now == 0 then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
