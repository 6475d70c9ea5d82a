-- What wrk sends: `GET PATH...` asks for the paths in turn, `POST PATH FILE...` posts the files in turn.
-- At its end, the figures are one line of JSON.
local requests, at = {}, 0

function init(args)
  for i = 2, #args do
    if args[1] == "GET" then
      requests[#requests + 1] = wrk.format("GET", args[i])
    elseif i > 2 then
      local file = assert(io.open(args[i], "rb"))
      local fields = { ["Host"] = wrk.headers["Host"], ["Content-Type"] = "image/jpeg" }
      requests[#requests + 1] = wrk.format("POST", args[2], fields, file:read("*a"))
      file:close()
    end
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('\n{"requests":%d,"seconds":%.6f,"medianMs":%.3f,"failed":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
