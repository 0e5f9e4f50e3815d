-- SPDX-License-Identifier: Apache-2.0
-- Applies a merge patch (RFC 7396) to the attributes of a session. It does not count as use of the session.
--
-- KEYS[1]  the sessions, see sessions.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- ARGV[2]  random part of the session id
-- ARGV[3]  patch, packed like attributes
-- ARGV[4]  version that the attributes must have, '' for any
-- ARGV[5]  maximum size of attributes and device, in bytes
-- Reply    packed: {"patched", record}
--          {"version-differs", current version}; nothing was changed
--          {"too-large"}; nothing was changed
--          {"invalid"}: no such session
--          {"unreadable"}: the record or the key is not a session; nothing was changed

-- include: sessions.lua

local session, word = find(ARGV[2])
if not session then
  return cmsgpack.pack(word)
end
if ARGV[4] ~= '' and tonumber(ARGV[4]) ~= session.version then
  return cmsgpack.pack('version-differs', session.version)
end
local readable, attributes = pcall(cmsgpack.unpack, session.attributes)
if not readable or type(attributes) ~= 'table' then
  return cmsgpack.pack('unreadable')
end

local function merge(target, patch)
  for name, value in pairs(patch) do
    if value == 'null' then
      target[name] = nil
    elseif type(value) == 'table' then
      target[name] = merge(type(target[name]) == 'table' and target[name] or {}, value)
    else
      target[name] = value
    end
  end
  return target
end

session.attributes = cmsgpack.pack(merge(attributes, cmsgpack.unpack(ARGV[3])))
if #session.attributes + #session.device > tonumber(ARGV[5]) then
  return cmsgpack.pack('too-large')
end
session.version = session.version + 1
write(session)
return cmsgpack.pack('patched', shown(session))
