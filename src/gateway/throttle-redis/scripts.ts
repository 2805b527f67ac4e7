/**
 * What Redis does with the ledger of one limit and one caller, each script as one atomic step. Only Redis' own clock counts.
 *
 * A ledger is a hash:
 * - `p<slot>`: what was used in a period of a sliding window (a 96th of it), or in an aligned window that begins then;
 * - `h<gateway>`: what a gateway holds on lease: number of its last call, all that it ever used, what is lent, until when, in which window;
 * - `d`: of an even rate, the moment by which all that passed would have come;
 * - `c`: until when nothing is known, because Redis has lost what it knew.
 *
 * What is lent counts as used at the last moment of the lease, whatever becomes of it, until the gateway says what it used of it.
 */

/** Periods that a sliding window is cut into. */
export const periods = 96

/** Milliseconds by which a question may be late: what is later was used somewhat earlier than is counted. */
const longestLate = 2_000

const book = `
local function numbers(text)
  local found = {}
  for word in string.gmatch(text, '[^ ]+') do found[#found + 1] = tonumber(word) end
  return found
end

local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + time[2] / 1000
end

local function text(number) return string.format('%.17g', number) end

-- terms: kind, limit, window, burst, when Redis lost what it knew, how long leases are, turns of the calendar.
local function open(key, now, kind, terms)
  local limit, window, burst, lost, lease = terms[1], terms[2], terms[3], terms[4], terms[5]
  local b = { key = key, kind = kind, limit = limit, now = now, used = 0, holders = {}, leaving = {}, old = {}, slot = 0 }
  if kind == 'sliding' then
    b.period = window / ${periods}
    b.slot = math.floor(now / b.period)
    b.keep = window + 1
    b.left = window
  elseif kind == 'gcra' then
    b.interval = window / limit * (1 + 2 ^ -48)
    b.burst = burst
    b.keep = burst * b.interval
    b.left = b.keep
  else
    local finish
    if kind == 'fixed' then
      b.slot = math.floor(now / window) * window
      finish = b.slot + window
    else
      for turn = 6, #terms - 1 do
        if terms[turn] <= now and now < terms[turn + 1] then b.slot, finish = terms[turn], terms[turn + 1] end
      end
      if not finish then return nil end
    end
    b.ends = finish
    b.keep = 0
    b.left = finish - now
  end
  local fields = redis.call('HGETALL', key)
  for at = 1, #fields, 2 do
    local name, value = fields[at], fields[at + 1]
    local sort, rest = string.sub(name, 1, 1), string.sub(name, 2)
    if sort == 'p' then
      local slot, count = tonumber(rest), tonumber(value)
      local gone = b.period and (slot + 1) * b.period + b.keep
      if (gone and gone <= now) or (not gone and slot ~= b.slot) then
        b.old[#b.old + 1] = name
      else
        b.used = b.used + count
        b.leaving[#b.leaving + 1] = { gone or b.ends, count, name }
      end
    elseif sort == 'h' then
      local held = numbers(value)
      local holder = { call = held[1], used = held[2], lent = held[3], ends = held[4], slot = held[5] }
      if b.ends and holder.slot ~= b.slot then holder.lent = 0 end
      if holder.ends + b.keep + 60000 <= now then b.old[#b.old + 1] = name
      else
        if b.period and holder.ends + b.keep <= now then holder.lent = 0 end
        b.holders[rest] = holder
      end
    elseif sort == 'd' then
      b.due = tonumber(value)
    elseif sort == 'c' then
      b.closed = tonumber(value)
    end
  end
  if #fields == 0 and lost > 0 then
    if b.ends then
      if lost + lease >= b.slot then b.closed = b.ends end
    else
      b.closed = lost + lease + b.keep
    end
    if b.closed and b.closed > now then redis.call('HSET', key, 'c', text(b.closed)) end
  end
  if b.closed and b.closed <= now then b.closed = nil end
  return b
end

-- Milliseconds until more fits, by what leaves first.
local function wait(b, missing)
  if b.closed then return b.closed - b.now end
  if b.interval then return (missing - b.part) * b.interval end
  if b.ends then return b.ends - b.now end
  table.sort(b.leaving, function(one, other) return one[1] < other[1] end)
  for _, each in ipairs(b.leaving) do
    missing = missing - each[2]
    if missing <= 0 then return each[1] - b.now end
  end
  return b.keep
end

local function close(b)
  if #b.old > 0 then redis.call('HDEL', b.key, unpack(b.old)) end
  local longest = math.max(b.left, (b.due or 0) - b.now, (b.closed or 0) - b.now)
  redis.call('PEXPIRE', b.key, string.format('%.0f', math.ceil(longest + b.keep + 120000)))
end

local function add(b, slot, amount)
  if amount ~= 0 then redis.call('HINCRBY', b.key, 'p' .. string.format('%.0f', slot), string.format('%.0f', amount)) end
end
`

/**
 * KEYS[1] the ledger. ARGV: kind and terms; then gateway; then, in one text, the number of the call, all that it ever used here, how much of
 * that it knows to be counted, what it holds, what it wants, what it let pass while Redis was away, and by when, in milliseconds of Redis' time,
 * it had used what it used; 0 where it does not know.
 * Replies: `ok`, what it may keep, what it is lent more, for how many milliseconds, what is free beside it, milliseconds until some is when
 * there is none, milliseconds until a new window, what time it is; `closed` with milliseconds; `stale` or `frame`.
 */
export const leaseScript: string = `${book}
local now = clock()
local terms = numbers(ARGV[2])
local b = open(KEYS[1], now, ARGV[1], terms)
if not b then return { 'frame' } end
local name = ARGV[3]
local said = numbers(ARGV[4])
local call, ever, known, held, want, debt = said[1], said[2], said[3], said[4], said[5], said[6]
-- What was used counts from when it was, and not from when Redis hears of it late.
local usedSlot = b.slot
if b.period and said[7] > 0 and said[7] < now then usedSlot = math.floor(math.max(said[7], now - ${longestLate}) / b.period) end
local own = b.holders[name]
if own and call <= own.call then return { 'stale' } end
-- Replies get lost: what is counted already is the larger of what it knows and what is known here.
local used = math.max(0, ever - math.max(own and own.used or 0, known))
local lent = own and own.lent or 0
local kept = 0
if own and now <= own.ends then kept = math.min(held, lent) end
-- What was used in a window that is over is none of this one's.
if own and b.ends and own.slot ~= b.slot then used = 0 end
local finish = now + terms[5]
if b.ends then finish = math.min(finish, b.ends) end
local free, others, lentToOthers = 0, false, 0
for other, holder in pairs(b.holders) do
  if other ~= name then
    lentToOthers = lentToOthers + holder.lent
    b.leaving[#b.leaving + 1] = { holder.ends + b.keep, holder.lent }
    if holder.ends + 1000 > now then others = true end
  end
end
if b.interval then
  local due = b.due or 0
  due = due - math.max(0, lent - used) * b.interval
  local beyond = math.max(0, used - lent) + debt
  if beyond > 0 then due = math.max(due, now) + beyond * b.interval end
  b.due = due
  local left = b.burst - kept - (math.max(due, now) - now) / b.interval
  free = math.floor(left)
  b.part = left - free
else
  local usedGone = b.ends or (usedSlot + 1) * b.period + b.keep
  if usedGone <= now then used = 0 end
  if used > 0 then b.leaving[#b.leaving + 1] = { usedGone, used } end
  if debt > 0 then b.leaving[#b.leaving + 1] = { b.ends or (b.slot + 1) * b.period + b.keep, debt } end
  b.leaving[#b.leaving + 1] = { finish + b.keep, kept }
  free = b.limit - b.used - used - debt - lentToOthers - kept
  add(b, usedSlot, used)
  add(b, b.slot, debt)
end
local granted = 0
if free >= 1 and not b.closed then
  granted = math.min(want, others and math.ceil(free / 2) or free)
end
if b.interval then
  if kept + granted > 0 then b.due = math.max(b.due, finish) + (kept + granted) * b.interval end
  redis.call('HSET', b.key, 'd', text(b.due))
end
redis.call('HSET', b.key, 'h' .. name, table.concat({ text(call), text(ever), text(kept + granted), text(finish), text(b.slot) }, ' '))
close(b)
if b.closed then return { 'closed', math.ceil(b.closed - now) } end
local pause = 0
b.leaving[#b.leaving + 1] = { finish + b.keep, granted }
if free - granted < 1 then pause = wait(b, 1 - free + granted) end
return { 'ok', kept, granted, math.floor(finish - now), math.max(0, free - granted), string.format('%.3f', math.max(0, pause)), math.ceil(b.left), math.floor(now) }
`

/**
 * KEYS the ledgers of a request. ARGV: for each its kind, its terms and the amount; all fit and are counted, or none is. An amount below zero
 * is what has passed already, and is counted however much is left.
 * Replies for each ledger: 1 when it fits, what is left, milliseconds until it fits, milliseconds until a new window; or `closed` or `frame`.
 */
export const countScript: string = `${book}
local now = clock()
local books, reply, all = {}, {}, true
for at = 1, #KEYS do
  local terms = numbers(ARGV[at * 3 - 1])
  local b = open(KEYS[at], now, ARGV[at * 3 - 2], terms)
  if not b then return { 'frame' } end
  if b.closed then return { 'closed', math.ceil(b.closed - now) } end
  local amount = tonumber(ARGV[at * 3])
  if b.interval then
    b.due = math.max(b.due or 0, now)
    local left = b.burst - (b.due - now) / b.interval
    b.free = math.floor(left)
    b.part = left - b.free
  else
    b.free = b.limit - b.used
    for _, holder in pairs(b.holders) do b.free = b.free - holder.lent end
  end
  b.amount = math.abs(amount)
  b.fits = amount < 0 or b.free >= math.max(amount, 1)
  all = all and b.fits
  books[at] = b
end
for at, b in ipairs(books) do
  local left = b.free
  if all then
    left = left - b.amount
    if b.interval then
      b.due = b.due + b.amount * b.interval
      redis.call('HSET', b.key, 'd', text(b.due))
    else
      add(b, b.slot, b.amount)
    end
    close(b)
  end
  reply[at] = { b.fits and 1 or 0, left, b.fits and 0 or math.max(1, math.ceil(wait(b, math.max(b.amount, 1) - b.free))), math.ceil(b.left) }
end
return reply
`

/** KEYS[1] the ledger. ARGV: kind, terms, the amount that is given back, milliseconds since it was counted. */
export const giveBackScript: string = `${book}
local now = clock()
local b = open(KEYS[1], now, ARGV[1], numbers(ARGV[2]))
local amount, since = tonumber(ARGV[3]), now - tonumber(ARGV[4])
if not b or (b.ends and since < b.slot) or (b.period and since + b.keep <= now) then return 0 end
if b.interval then
  -- After an interval a pause may have come since, of which nothing can be saved up.
  if now - since >= b.interval then return 0 end
  if b.due then redis.call('HSET', b.key, 'd', text(math.max(0, b.due - amount * b.interval))) end
  return 1
end
-- From what leaves first: what stays is never forgotten too soon.
table.sort(b.leaving, function(one, other) return one[1] < other[1] end)
for _, each in ipairs(b.leaving) do
  local part = math.min(amount, each[2])
  if part > 0 then redis.call('HINCRBY', b.key, each[3], string.format('%.0f', -part)) end
  amount = amount - part
  if amount <= 0 then break end
end
return 1
`

/**
 * KEYS[1] a key that is there as long as Redis keeps what it is told. ARGV: its value as this gateway knows it; empty for none.
 * Replies its value, and when Redis lost what it knew, in milliseconds of its own time; 0 for never.
 */
export const markScript: string = `
local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]
local function milliseconds(number) return string.format('%.0f', math.floor(number / 1000)) end
local found = redis.call('GET', KEYS[1])
local mark, lost
if found then
  mark, lost = string.match(found, '^(%S+) (%S+)$')
  if ARGV[1] ~= '' and ARGV[1] ~= mark and lost == '0' then lost = milliseconds(tonumber(string.match(mark, '^%d+'))) end
else
  mark = string.format('%.0f', micros) .. '-' .. ARGV[2]
  lost = ARGV[1] == '' and '0' or milliseconds(micros)
end
redis.call('SET', KEYS[1], mark .. ' ' .. lost, 'PX', ${40 * 86_400_000})
return { mark, lost }
`
