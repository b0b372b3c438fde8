/**
 * The rules of book.ts, for a Redis to run: one call is one step, decided as a whole, by the server's clock.
 *
 * KEYS[1] is the hash of a name: `permits`, `tick`, `quiet` (until when), and a field for each member: held, over, want, since, joined,
 * seq, pushed, heard, expires. It expires with its last member, so nothing stays. Who is to be poked is published to the channel of its
 * session, with what it was granted.
 */
import { STALE_MS } from '../book.js';

export const SCRIPT = `local key, op, member, channel = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local record, members, count = {}, {}, 0
local fields = redis.call('HGETALL', key)
for i = 1, #fields, 2 do
  if #fields[i] ~= 24 then
    record[fields[i]] = tonumber(fields[i + 1])
  else
    local row, names, at = { id = fields[i] }, { 'held', 'over', 'want', 'since', 'joined', 'seq', 'pushed', 'heard', 'expires' }, 1
    for number in string.gmatch(fields[i + 1], '%S+') do
      row[names[at]] = tonumber(number)
      at = at + 1
    end
    if row.expires <= now then
      redis.call('HDEL', key, row.id)
    else
      members[row.id] = row
      count = count + 1
    end
  end
end
if count == 0 then record = {} end

local function poke(id, grant)
  redis.call('PUBLISH', channel .. string.sub(id, 1, 16), id .. (grant or ''))
end

local function tick()
  record.tick = record.tick + 1
  return record.tick
end

local function free()
  local left = record.permits
  for _, row in pairs(members) do left = left - row.held - row.over end
  return left
end

local function save(row)
  local text = string.format('%d %d %d %d %d %d %d %.0f %.0f',
    row.held, row.over, row.want, row.since, row.joined, row.seq, row.pushed, row.heard, row.expires)
  redis.call('HSET', key, row.id, text)
end

local function close()
  if next(members) == nil then
    redis.call('DEL', key)
    return
  end
  local last = 0
  for _, row in pairs(members) do last = math.max(last, row.expires) end
  redis.call('HSET', key, 'permits', record.permits, 'tick', record.tick, 'quiet', string.format('%.0f', record.quiet))
  redis.call('PEXPIREAT', key, string.format('%.0f', last))
end

local function distribute(mine)
  local quiet = now < record.quiet
  local function wanting(row) return row.want > 0 and now - row.heard < ${STALE_MS} end
  local active, queue = {}, {}
  for _, row in pairs(members) do
    if row.held + row.over > 0 or wanting(row) then active[#active + 1] = row end
  end
  table.sort(active, function(a, b) return a.joined < b.joined end)
  local crowded = #active > record.permits
  for i, row in ipairs(active) do
    row.share = math.floor(record.permits / #active)
    if i <= record.permits % #active then row.share = row.share + 1 end
    row.room = math.max(1, row.share) - row.held - row.over
    row.gets = 0
    if wanting(row) then queue[#queue + 1] = row end
  end
  table.sort(queue, function(a, b) return a.since < b.since end)

  local left = 0
  if not quiet then left = math.max(0, free()) end
  for pass = 1, 2 do
    for _, row in ipairs(queue) do
      local most = row.want - row.gets
      if pass == 1 then most = math.min(most, math.max(0, row.room - row.gets)) end
      local more = math.min(most, left)
      row.gets = row.gets + more
      left = left - more
    end
  end
  local need, asks = 0, false
  for _, row in ipairs(queue) do
    local missing = math.max(0, math.min(row.want, row.room) - row.gets)
    if not quiet then need = need + missing end
    if row == mine then asks = missing > 0 end
    if row.gets > 0 then
      row.held = row.held + row.gets
      row.want = row.want - row.gets
      row.since = 0
      if row.want > 0 then row.since = tick() end
      if row ~= mine then
        row.pushed = row.pushed + row.gets
        save(row)
      end
    end
  end
  local keep_of_mine = mine and mine.held or 0
  for _, row in ipairs(active) do
    local share = row.share
    if crowded then share = 0 end
    local owes = need > 0 and row.held > share
    local keep = row.held
    if owes then keep = math.max(share, row.held - need) end
    if row == mine then
      keep_of_mine = keep
    elseif row.gets > 0 then
      poke(row.id, string.format(' %d %d %d', row.seq, row.pushed, keep))
    elseif owes and asks then
      poke(row.id)
    end
  end
  return keep_of_mine
end

if op == 'leave' then
  if members[member] then
    members[member] = nil
    redis.call('HDEL', key, member)
    if next(members) ~= nil then distribute(nil) end
  end
  close()
  return 1
end

if op == 'resize' then
  if count == 0 then return 0 end
  record.permits = tonumber(ARGV[4])
  close()
  for id in pairs(members) do poke(id) end
  return 1
end

local permits, seq, acked = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local held, over, want, pushed = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10])
local ttl = tonumber(ARGV[11])
local mine = members[member]
if op == 'join' and count > 0 and record.permits ~= permits then return { 'mismatch', record.permits } end
if op == 'renew' and not mine then return { 'unknown' } end
if mine and seq <= mine.seq then return { 'stale' } end
if count == 0 then record = { permits = permits, tick = 0, quiet = 0 } end

local lost
if mine then
  lost = mine.seq < acked or (mine.seq == acked and mine.pushed < pushed)
else
  lost = op == 'rejoin'
end
if lost then record.quiet = now + ttl end
if not mine then
  mine = { id = member, held = 0, over = 0, want = 0, since = 0, joined = tick(), seq = 0, pushed = 0 }
  members[member] = mine
end
local unheard = 0
if mine.seq == acked then unheard = math.max(0, mine.pushed - pushed) end
held = held + unheard
local gave_back = held < mine.held
local bound = mine.held
if lost then bound = bound + math.max(0, free() + mine.over) end
mine.held = math.min(held, bound)
mine.over = over + held - mine.held
mine.want = math.max(0, want - unheard)
if mine.want == 0 then mine.since = 0 elseif mine.since == 0 or gave_back then mine.since = tick() end
mine.seq = seq
mine.pushed = 0
mine.heard = now
mine.expires = now + ttl
local keep = distribute(mine)
save(mine)
close()
return { 'ok', mine.held, keep, record.permits }
`;
