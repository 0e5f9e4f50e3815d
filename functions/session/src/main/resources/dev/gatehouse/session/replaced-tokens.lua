-- SPDX-License-Identifier: Apache-2.0
-- Functions on the tokens of a session that were replaced, newest first. `previous` has the digest of the last, of 32 bytes,
-- and `grace_ends` the end of its grace period. Of each older token, `previous` then has the end of its grace period, as 16
-- digits, and its digest. An end of 0 means that the reuse of the token was reported.

-- Returns the position of a token in `previous` and the end of its grace period; nil if it is not among the last replaced.
local function find_replaced(previous, grace_ends, digest)
  for at = 1, #previous, 48 do
    if string.sub(previous, at, at + 31) == digest then
      return at, at == 1 and grace_ends or tonumber(string.sub(previous, at - 16, at - 1))
    end
  end
end

-- Returns `previous` and `grace_ends` after the report of a reuse.
local function report_reuse(previous, grace_ends, at)
  if at == 1 then
    return previous, 0
  end
  return string.sub(previous, 1, at - 17) .. string.rep('0', 16) .. string.sub(previous, at), grace_ends
end

-- Returns `previous` after a rotation, with the last eight tokens.
local function add_replaced(previous, grace_ends, digest)
  if previous == '' then
    return digest
  end
  return digest .. string.format('%016.0f', grace_ends) .. string.sub(previous, 1, 320)
end
