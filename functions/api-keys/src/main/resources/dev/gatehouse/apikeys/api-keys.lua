-- SPDX-License-Identifier: Apache-2.0
-- Functions shared by the scripts that change keys or read several.
--
-- KEYS[1]  a hash of the API keys of an owner and of any other owner whose id has the same tag. The field is the part of the
--          key's id after the tag, the value its record, packed:
--            digest      SHA-256 of the key, base64url
--            owner       owner id
--            prefix      '' if the key was imported
--            name        '' for none
--            scopes      separated by spaces
--            attributes  JSON
--            created
--            expires     0 for never
--            lifetime    the lifetime that a successor gets; 0 for an unlimited one
--          All times are in microseconds. Any other record is unreadable and stays unchanged. The hash expires with its last
--          key, and lives on while one of them does
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis

-- include: clock.lua
local key = KEYS[1]

local function read(packed)
  local readable, digest, owner, prefix, name, scopes, attributes, created, expires, lifetime, more =
    pcall(cmsgpack.unpack, packed)
  if readable and type(digest) == 'string' and type(owner) == 'string' and type(scopes) == 'string'
      and type(attributes) == 'string' and type(expires) == 'number' and type(lifetime) == 'number' and not more then
    return {packed = packed, digest = digest, owner = owner, prefix = prefix, name = name, scopes = scopes,
      attributes = attributes, created = created, expires = expires, lifetime = lifetime}
  end
end

local function is_live(found)
  return found.expires == 0 or now < found.expires
end

-- Returns the live key with this id, or nil.
local function find(id)
  local packed = redis.call('HGET', key, id)
  local found = packed and read(packed)
  return found and is_live(found) and found or nil
end

local function write(id, found)
  found.packed = cmsgpack.pack(found.digest, found.owner, found.prefix, found.name, found.scopes, found.attributes,
    found.created, found.expires, found.lifetime)
  redis.call('HSET', key, id, found.packed)
end

-- Removes keys that have ended, and sets the expiry of the hash. Returns the live keys by their ids.
local function sweep()
  local live, latest = {}, now
  local flat = redis.call('HGETALL', key)
  for i = 1, #flat, 2 do
    local found = read(flat[i + 1])
    if not found then
      latest = math.huge
    elseif not is_live(found) then
      redis.call('HDEL', key, flat[i])
    else
      live[flat[i]] = found
      latest = math.max(latest, found.expires == 0 and math.huge or found.expires)
    end
  end
  if latest == math.huge then
    redis.call('PERSIST', key)
  elseif latest > now then
    redis.call('PEXPIRE', key, math.ceil((latest - now) / 1000))
  end
  return live
end

-- Returns whether the hash has fewer keys than the maximum.
local function has_room(most)
  if redis.call('HLEN', key) >= most then
    sweep()
  end
  return redis.call('HLEN', key) < most
end

