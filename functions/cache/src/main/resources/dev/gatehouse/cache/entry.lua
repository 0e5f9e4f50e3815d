-- SPDX-License-Identifier: Apache-2.0
-- Functions that read and write the value of a key. Follows scope.lua.
--
-- KEYS[1]  the entry, packed: epoch and sequence when its load began, end of the fresh time, expiry, duration of the load,
--          1 if it was marked stale, tags, value. Any other content counts as missing

-- Returns the entry unless it is missing, expired or invalidated. Reads the scope too.
local function read_entry()
  local packed = redis.call('GET', entry_key)
  local readable, entry_epoch, entry_sequence, fresh_until, expires, load, stale, tags, value =
    pcall(cmsgpack.unpack, packed or '')
  local exists = readable and value
  read_scope(exists and tags or {})
  if not exists or entry_epoch ~= epoch or now >= expires or entry_sequence < hard_mark then
    return nil
  end
  return {epoch = entry_epoch, sequence = entry_sequence, fresh_until = fresh_until, expires = expires, load = load,
    marked = stale == 1 or entry_sequence < soft_mark, tags = tags, value = value}
end

local function write_entry(entry)
  local life = entry.expires - now
  redis.call('SET', entry_key, cmsgpack.pack(entry.epoch, entry.sequence, entry.fresh_until, entry.expires, entry.load,
    entry.marked and 1 or 0, entry.tags, entry.value), 'PX', math.ceil(life / 1000))
  if head_key then
    extend_expiry(head_key, life)
  end
end
