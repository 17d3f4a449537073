-- One load for wrk, chosen by OP; all that it needs comes from the environment. Every answer is looked at.
--   bearer      GET PATH with each token of POOL in turn
--   introspect  POST PATH with each token of POOL in turn
--   refresh     POST PATH with a refresh token of POOL; the one in the answer goes back into the pool
--   revoke      POST PATH with each token of POOL once
--   code        GET the consent page, POST "allow", POST the code to TOKEN_PATH; POOL holds cookies
--   post        POST PATH with the content of BODY and the API key API_KEY
local op, path = os.getenv("OP"), os.getenv("PATH_")
local token_path, authorize = os.getenv("TOKEN_PATH"), os.getenv("AUTHORIZE")
local client_id, client_secret = os.getenv("CLIENT_ID"), os.getenv("CLIENT_SECRET")
local pool_file, body_file = os.getenv("POOL"), os.getenv("BODY")
local form = { ["Content-Type"] = "application/x-www-form-urlencoded" }
local threads, cookies, ready, place = {}, {}, {}, 0

-- Globals, because `done` reads them through the thread.
pool, bad, flows, used, first_bad = {}, 0, 0, 0, ""

local function escaped(text)
  return (text:gsub("[^%w%-%._~]", function(c) return string.format("%%%02X", c:byte()) end))
end

local function unescaped(text)
  text = text:gsub("&#(%d+);", function(code) return string.char(tonumber(code)) end)
  return (text:gsub("&quot;", '"'):gsub("&lt;", "<"):gsub("&gt;", ">"):gsub("&amp;", "&"))
end

local function credentials()
  return "client_id=" .. escaped(client_id) .. "&client_secret=" .. escaped(client_secret)
end

local function in_turn()
  place = place % #pool + 1
  used = used + 1
  return pool[place]
end

function setup(thread) threads[#threads + 1] = thread end

function init()
  if pool_file then for line in io.lines(pool_file) do pool[#pool + 1] = line end end
  if op == "bearer" then
    for i, token in ipairs(pool) do pool[i] = wrk.format("GET", path, { Authorization = "Bearer " .. token }) end
  elseif op == "introspect" or op == "revoke" then
    for i, token in ipairs(pool) do pool[i] = wrk.format("POST", path, form, credentials() .. "&token=" .. token) end
  elseif op == "post" then
    local file = io.open(body_file, "rb")
    local headers = { ["Content-Type"] = "application/json", ["DD-API-KEY"] = os.getenv("API_KEY") }
    pool[1] = wrk.format("POST", path, headers, file:read("*a"))
    file:close()
  end
end

local function refresh()
  local token = table.remove(pool, 1) or "none-left"
  return wrk.format("POST", path, form, credentials() .. "&grant_type=refresh_token&refresh_token=" .. token)
end

local function flow()
  local request = table.remove(ready)
  if request then return request end
  local cookie = in_turn()
  local state = tostring(used)
  cookies[state] = cookie
  return wrk.format("GET", authorize .. "&state=" .. state, { Cookie = cookie })
end

function request()
  if op == "refresh" then return refresh() end
  if op == "code" then return flow() end
  return in_turn()
end

local function allow(body)
  local decision = body:match('<form class="decision".-</form>')
  if not decision then return false end
  local fields, state = {}, nil
  for name, value in decision:gmatch('<input type="hidden" name="([^"]*)" value="([^"]*)"') do
    name, value = unescaped(name), unescaped(value)
    if name == "state" then state = value end
    fields[#fields + 1] = escaped(name) .. "=" .. escaped(value)
  end
  fields[#fields + 1] = "decision=allow"
  local headers = { Cookie = cookies[state], ["Content-Type"] = form["Content-Type"] }
  ready[#ready + 1] = wrk.format("POST", path, headers, table.concat(fields, "&"))
  cookies[state] = nil
  return true
end

local function redeem(headers)
  local code = (headers["location"] or headers["Location"] or ""):match("[?&]code=([^&]+)")
  if not code then return false end
  ready[#ready + 1] = wrk.format("POST", token_path, form, credentials() .. "&grant_type=authorization_code&code="
    .. code .. "&redirect_uri=" .. escaped(os.getenv("REDIRECT_URI")) .. "&code_verifier=" .. os.getenv("VERIFIER"))
  return true
end

local function looks_right(status, headers, body)
  if op == "introspect" then return status == 200 and body:find('"active":true', 1, true) end
  if op == "refresh" then
    local token = status == 200 and body:match('"refresh_token":"([^"]+)"')
    if token then pool[#pool + 1] = token end
    return token
  end
  if op ~= "code" then return status >= 200 and status < 300 end
  if status == 303 then return redeem(headers) end
  if status == 200 and body:find('"access_token"', 1, true) then flows = flows + 1; return true end
  return status == 200 and allow(body)
end

function response(status, headers, body)
  if looks_right(status, headers, body) then return end
  bad = bad + 1
  if first_bad == "" then first_bad = status .. " " .. body:sub(1, 200):gsub("%s+", " ") end
end

if op == "bearer" then response = nil end -- wrk counts statuses by itself, and quicker

local function keep(lines)
  local file = io.open(pool_file, "w")
  file:write(table.concat(lines, "\n"), "\n")
  file:close()
end

function done(summary, latency)
  local t, e = threads[1], summary.errors
  local failures = t:get("bad") + e.connect + e.read + e.write + e.timeout
  if op == "bearer" then failures = failures + e.status end
  local seconds = summary.duration / 1e6
  local count = op == "code" and t:get("flows") or summary.requests
  if op == "refresh" then keep(t:get("pool")) end
  print(string.format('RESULT {"per_s":%.2f,"p50_ms":%.3f,"p99_ms":%.3f,"failures":%d,"used":%d}', count / seconds,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, failures, t:get("used")))
  if t:get("first_bad") ~= "" then print("BAD " .. t:get("first_bad")) end
end
