-- SPDX-License-Identifier: Apache-2.0
-- Keeps the index of a group.
--
-- KEYS     the index: a sorted set in which each state has two members, its id with its version as the score, and ' ' with its
--          id, with its expiry below zero as the score. No id contains a space
-- ARGV     see state.lua
-- Error    WRONGTYPE: the index is no sorted set; nothing was changed

-- include: state.lua

local function add_to_index(index, id, s)
  redis.call('ZADD', index, s.version, id, -s.expires, ' ' .. id)
end

-- Removes states that have ended. Must run before anything else is written: it fails if the index is no sorted set.
local function trim_index(index)
  local ended = redis.call('ZRANGEBYSCORE', index, -now, '(0', 'LIMIT', 0, 100)
  for _, member in ipairs(ended) do
    redis.call('ZREM', index, member, string.sub(member, 2))
  end
end

-- Sets the expiry of the index: that of its last state, and as long as records remain.
local function expire_index(index)
  local last = redis.call('ZRANGE', index, 0, 0, 'WITHSCORES')[2]
  if last then
    redis.call('PEXPIRE', index, math.floor((-last - now + tombstone) / 1000) + 1)
  end
end
