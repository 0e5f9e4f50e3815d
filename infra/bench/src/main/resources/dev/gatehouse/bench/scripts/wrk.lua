-- SPDX-License-Identifier: Apache-2.0
-- Sends POST requests in rotation and prints the result as one line of JSON.
-- args: path, API key, file with one body a line, and optionally a prefix: then prefix and number replace '@' in a body
local requests, count, prefix = {}, 0, nil

function init(args)
  local headers = { ['Content-Type'] = 'application/json', ['X-Api-Key'] = args[2] }
  prefix = args[4]
  for body in io.lines(args[3]) do
    if prefix then
      body = body:gsub('@', prefix .. '0000000000')
    end
    requests[#requests + 1] = wrk.format('POST', args[1], headers, body)
  end
  if prefix then
    local start = requests[1]:find(prefix .. '0000000000', 1, true) + #prefix
    requests = { requests[1]:sub(1, start - 1), requests[1]:sub(start + 10) }
  end
end

function request()
  count = count + 1
  if prefix then
    return requests[1] .. string.format('%010d', count) .. requests[2]
  end
  return requests[count % #requests + 1]
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format('\n{"requests":%d,"micros":%d,"failed":%d,"broken":%d,"p50Micros":%d,"p99Micros":%d}',
    summary.requests, summary.duration, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
