-- HAProxy asks Latchstring about a call, and keeps the answer in variables of the transaction.
-- LATCHSTRING_FORWARD_AUTH_URL, such as http://10.0.0.11:8100/forward-auth, and LATCHSTRING_FORWARD_AUTH_TOKEN come
-- from the environment that HAProxy is started with.
local url = os.getenv("LATCHSTRING_FORWARD_AUTH_URL")
local token = os.getenv("LATCHSTRING_FORWARD_AUTH_TOKEN")
local credentials = { "authorization", "dd-api-key", "dd-application-key" }
local told = { "organization", "client", "user", "scopes" }

local function first(headers, name)
    local values = headers and headers[name]
    return values and (values[0] or values[1])
end

-- All lines of a header, so that two credentials are seen as two.
local function all(values)
    local list, index = {}, 0
    if values[0] == nil then index = 1 end
    while values[index] ~= nil do
        list[#list + 1] = values[index]
        index = index + 1
    end
    return list
end

core.register_action("ask_latchstring", { "http-req" }, function(txn)
    local sent = txn.http:req_get_headers()
    local asked = {
        ["x-forward-auth-token"] = { token },
        ["x-original-method"] = { txn.sf:method() },
        ["x-original-uri"] = { txn.sf:pathq() },
    }
    if sent["host"] then asked["x-original-host"] = all(sent["host"]) end
    for _, name in ipairs(credentials) do
        if sent[name] then asked[name] = all(sent[name]) end
    end
    local answer = core.httpclient():get { url = url, headers = asked, timeout = 5000 }
    if not answer or not answer.status or answer.status == 0 then return end
    txn:set_var("txn.judged", answer.status)
    txn:set_var("txn.challenge", first(answer.headers, "www-authenticate") or "")
    txn:set_var("txn.request_name", first(answer.headers, "x-request-id") or "")
    for _, name in ipairs(told) do
        txn:set_var("txn." .. name, first(answer.headers, "x-latchstring-" .. name) or "")
    end
end)
