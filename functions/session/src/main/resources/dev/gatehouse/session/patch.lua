-- Applies a merge patch (RFC 7396) to a session's attributes. It is no use of the session.
--
-- KEYS[1]  the hash of a user's sessions, as sessions.lua has it
-- ARGV[1]  now in microseconds, 0 for Redis's own clock
-- ARGV[2]  the random part of the session's id
-- ARGV[3]  the patch, packed as attributes are
-- ARGV[4]  the version they must be at, '' for any
-- ARGV[5]  how many bytes they may take with the device
-- Reply    packed: {"patched", record}
--          {"version-differs", the version}; nothing was changed
--          {"too-large"}; nothing was changed
--          {"invalid"}: there is no such session
--          {"unreadable"}: what is kept under that id, or the key, is none of ours; nothing was changed

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
return cmsgpack.pack('patched', session.packed)
