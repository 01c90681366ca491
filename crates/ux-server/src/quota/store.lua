-- What several processes have used up of their common quotas: for each key the time, in microseconds since 1970, until
-- which the requests so far are paid for.
--
-- KEYS: the quotas. ARGV: for each of them what the caller's new requests cost, and how far ahead of the steady rate
-- the quota is at least as far as the caller knows; both in microseconds. Returns how far ahead each of them is now.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local ahead = {}
for index, key in ipairs(KEYS) do
  local cost, least = tonumber(ARGV[2 * index - 1]), tonumber(ARGV[2 * index])
  local paid_until = math.max(tonumber(redis.call('GET', key) or 0), now + least) + cost
  if cost > 0 or least > 0 then
    redis.call('SET', key, string.format('%.0f', paid_until), 'PX', math.ceil((paid_until - now) / 1000))
  end
  ahead[index] = math.ceil(paid_until - now)
end
return ahead
