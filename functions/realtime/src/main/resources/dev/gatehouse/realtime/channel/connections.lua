-- SPDX-License-Identifier: Apache-2.0
-- Returns the live connections in a hash of members, see presence.lua, without that of the id exclude: each as user id and
-- connection id, packed.
local function live_connections(key, exclude)
  local live = {}
  local flat = redis.call('HGETALL', key)
  for n = 1, #flat, 2 do
    local values = {pcall(cmsgpack.unpack, flat[n + 1])}
    for i = 4, values[1] and #values or 0, 2 do
      if type(values[i + 1]) == 'number' and values[i + 1] > now and values[i] ~= exclude then
        live[#live + 1] = cmsgpack.pack(flat[n], values[i])
      end
    end
  end
  return live
end
