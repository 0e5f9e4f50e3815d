-- SPDX-License-Identifier: Apache-2.0
-- Lists the states of a group, latest save first.
--
-- KEYS[1]  the index, see index.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  how long a record remains, see state.lua
-- ARGV[3]  maximum number of states
-- ARGV[4]  version of the last state of the previous page, or 0
-- ARGV[5]  id of that state
-- Reply    packed: {"listed"} and for each state its id and its version when it was last saved
-- Error    WRONGTYPE, see index.lua

-- include: index.lua
local index, limit, before, before_id = KEYS[1], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
trim_index(index)
expire_index(index)

-- States that were saved together have the same version, and the order of their ids.
local together = before > 0 and redis.call('ZCOUNT', index, before, before) or 0
local found = redis.call('ZREVRANGEBYSCORE', index, before > 0 and before or '+inf', '(0', 'WITHSCORES', 'LIMIT', 0,
  limit + together)
local reply = {cmsgpack.pack('listed')}
for i = 1, #found, 2 do
  local id, version = found[i], tonumber(found[i + 1])
  if #reply <= limit and (before == 0 or version < before or id < before_id) then
    reply[#reply + 1] = cmsgpack.pack(id, version)
  end
end
return table.concat(reply)
