-- What wrk sends. Arguments: the kind of request (get, single, batch, phone), a name for the clients
-- that no other run uses, the mean pause of a connection between two requests in milliseconds and by
-- which part of it pauses differ, and how many clients there are.

local BATCH = 20
local HEADERS = { ["Content-Type"] = "application/json" }

local kind, run, clients, sent = "get", "", 1000, 0
local clicks = {}
for at = 1, BATCH do
  clicks[at] = string.format('{"type":"%s","age_ms":%d}', at % 3 == 0 and "fuck" or "cheers", 40 * at)
end
local tail = ',"clicks":[' .. table.concat(clicks, ",") .. "]}"

local tap = ',"type":"cheers"}'

function init(args)
  kind, run = args[1], args[2]
  local pause, spread = tonumber(args[3]), tonumber(args[4])
  clients = tonumber(args[5])
  if pause > 0 then
    delay = function() return pause * (1 + spread * (2 * math.random() - 1)) end
  end
end

function request()
  if kind == "get" then return wrk.format("GET") end
  if kind == "single" then return wrk.format("POST", nil, HEADERS, '{"type":"cheers"}') end
  sent = sent + 1
  local head = string.format('{"client":"%s-%d","seq":%d', run, sent % clients, sent)
  return wrk.format("POST", nil, HEADERS, head .. (kind == "phone" and tap or tail))
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"microseconds":%d,"bytes":%d,"p50_us":%d,"p99_us":%d,"refused":%d,"broken":%d}\n',
    summary.requests, summary.duration, summary.bytes, latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
