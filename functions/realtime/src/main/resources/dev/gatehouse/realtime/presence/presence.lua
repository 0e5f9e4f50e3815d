-- SPDX-License-Identifier: Apache-2.0
-- The shared part of the scripts of presence.
--
-- KEYS[1]  members: a hash of the users of a channel. The value is packed: the time of joining; info, '' for none; then the id
--          and the end of each connection. A connection that has ended may still be in it
-- KEYS[2]  ends: a sorted set of the users by the end of their last connection
-- KEYS[3]  names: a sorted set of the users in the order of their ids
-- KEYS[4]  typists: a sorted set of the users who type, by the end of their typing
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- Error    CORRUPT: these scripts did not write a value; nothing was changed
--          WRONGTYPE: nor a key; nothing was changed
--
-- The first three keys expire an hour after the last connection ends, so that a call until then can report who departed.

-- include: clock.lua
local members, ends, names, typists = KEYS[1], KEYS[2], KEYS[3], KEYS[4]

-- Ends the script before any change if a key has another type. The others are read first anyway.
redis.call('ZCARD', names)
redis.call('ZCARD', typists)

-- Returns the live connections of a user as a table of ends by id, their number, the time of joining and info; nil if the user
-- has no record. The time is false if the record is corrupt.
local function connections(user)
  local packed = redis.call('HGET', members, user)
  if not packed then
    return nil
  end
  local values = {pcall(cmsgpack.unpack, packed)}
  local since, info = values[2], values[3]
  if not values[1] or type(since) ~= 'number' or type(info) ~= 'string' or #values % 2 == 0 then
    return {}, 0, false
  end
  local live, number = {}, 0
  for i = 4, #values, 2 do
    if type(values[i + 1]) ~= 'number' then
      return {}, 0, false
    end
    if values[i + 1] > now then
      live[values[i]] = values[i + 1]
      number = number + 1
    end
  end
  return live, number, since, info
end

local function remove(user)
  redis.call('HDEL', members, user)
  redis.call('ZREM', ends, user)
  redis.call('ZREM', names, user)
  redis.call('ZREM', typists, user)
end

-- Stores the live connections of a user.
local function write(user, live, since, info)
  local values, last = {since, info}, 0
  for id, its_end in pairs(live) do
    values[#values + 1] = id
    values[#values + 1] = its_end
    last = math.max(last, its_end)
  end
  redis.call('HSET', members, user, cmsgpack.pack(unpack(values)))
  redis.call('ZADD', ends, last, user)
  redis.call('ZADD', names, 0, user)
end

-- Removes up to 100 users whose last connection has ended, the earliest first, and returns them.
local function departed_users()
  local departed = redis.call('ZRANGEBYSCORE', ends, '-inf', now, 'LIMIT', 0, 100)
  for _, user in ipairs(departed) do
    remove(user)
  end
  return departed
end

-- Adds a user without a live connection to those who departed, unless that was reported.
local function report(user, departed)
  if redis.call('ZSCORE', ends, user) then
    departed[#departed + 1] = user
  end
  remove(user)
end

-- Sets the expiry of the keys.
local function expire()
  local last = redis.call('ZRANGE', ends, -1, -1, 'WITHSCORES')[2]
  if last then
    local life = math.ceil((math.max(now, tonumber(last)) - now) / 1000) + 3600000
    redis.call('PEXPIRE', members, life)
    redis.call('PEXPIRE', ends, life)
    redis.call('PEXPIRE', names, life)
  end
end

-- Stores a reply that reports something for a minute, so that a repetition of the call gets it too.
local function keep(reply_key, reply, reports)
  if reports then
    redis.call('SET', reply_key, reply, 'PX', 60000)
  end
  return reply
end
