-- wrk's script: asks for one account after another, and prints what the harness reads.
-- Arguments: path, header that carries the account or "-", first account, how many follow it.

local requests = {}
local next_request = 0

-- 16 digits fit a double; what stands before the last dash is kept as it is.
local function account(first, step)
  local prefix, number = first:match("^(.-)(%d+)$")
  return prefix .. string.format("%0" .. #number .. ".0f", tonumber(number) + step)
end

function init(args)
  local path, header, first, count = args[1], args[2], args[3], tonumber(args[4])
  for step = 0, count - 1 do
    local id = account(first, step)
    if header ~= "-" then
      wrk.headers[header] = id
    end
    requests[step] = wrk.format("GET", (path:gsub("{account}", id)))
  end
end

function request()
  next_request = (next_request + 1) % (#requests + 1)
  return requests[next_request]
end

function done(summary, latency)
  local failed = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write
  print(string.format(
    "RESULT %d %d %d %d %d %d",
    summary.requests, summary.duration, failed,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9)
  ))
end
