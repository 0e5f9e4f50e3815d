-- SPDX-License-Identifier: Apache-2.0
-- Returns the state of a key. Changes nothing.
--
-- KEYS[1]  the record, see record.lua
-- ARGV[1]  now in microseconds, or 0 for the clock of Redis
-- Reply    packed: {"absent"}
--          {"in-flight", claimed at, end of the lease, claimed by, expiry, attempt}
--          {"completed", completed at, expiry, fingerprint, response}
-- Error    CORRUPT, see record.lua

-- include: record.lua

if not state then
  return cmsgpack.pack('absent')
end
if state == 2 then
  return cmsgpack.pack('completed', at, expires, fingerprint, data)
end
return cmsgpack.pack('in-flight', at, lease, data, expires, attempt)
