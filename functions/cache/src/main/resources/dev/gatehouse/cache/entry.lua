-- Functions that read and write the value of a key.
--
-- KEYS[1]  the entry, packed: epoch and sequence when its load began, end of the fresh time, expiry, duration of the load,
--          1 if it was marked stale, tags, value. Any other content counts as missing
-- More, see state.lua

-- include: state.lua

-- Returns the entry unless it is missing, expired or invalidated.
local function read_entry()
  local packed = redis.call('GET', entry_key)
  if not packed then
    return nil
  end
  local readable, entry_epoch, entry_sequence, fresh_until, expires, load, stale, tags, value =
    pcall(cmsgpack.unpack, packed)
  if not (readable and value) or entry_epoch ~= epoch or now >= expires then
    return nil
  end
  local hard, soft = marks_of(tags)
  if entry_sequence < hard then
    return nil
  end
  return {epoch = entry_epoch, sequence = entry_sequence, fresh_until = fresh_until, expires = expires, load = load,
    marked = stale == 1 or entry_sequence < soft, tags = tags, value = value}
end

local function write_entry(entry)
  local life = entry.expires - now
  redis.call('SET', entry_key, cmsgpack.pack(entry.epoch, entry.sequence, entry.fresh_until, entry.expires, entry.load,
    entry.marked and 1 or 0, entry.tags, entry.value), 'PX', math.ceil(life / 1000))
  if head_key then
    extend_expiry(head_key, life)
  end
end
