-- Tells a user's live sessions.
--
-- KEYS[1]  the hash of the user's sessions, as sessions.lua has it
-- ARGV[1]  now in microseconds, 0 for Redis's own clock
-- ARGV[2]  the user's id
-- Reply    packed: {"listed", how many records could not be read, then for each session, in no order,
--          the random part of its id, record}
--          {"unreadable"}: the key is none of ours; nothing was changed

if foreign then
  return cmsgpack.pack('unreadable')
end
local live, unreadable = all()
last_as_long_as(live, unreadable)
local reply = {'listed', #unreadable}
for _, session in ipairs(live) do
  if session.user == ARGV[2] then
    reply[#reply + 1] = session.id
    reply[#reply + 1] = session.packed
  end
end
return cmsgpack.pack(unpack(reply))
