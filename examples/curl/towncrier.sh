#!/bin/sh
# Chat over REST, prices over Server-Sent Events with resume. Arguments: the server, what to say.
set -eu
url=${1:-http://localhost:8080}
# As JSON has it.
text=$(printf '%s' "${2:-hello from curl}" | sed 's/[\\"]/\\&/g')

echo "-- say"
curl -sS --fail-with-body -H 'Content-Type: application/json' \
  -d "{\"sender\":\"curl\",\"content\":\"$text\"}" "$url/api/chat/messages"
echo

echo "-- the newest messages"
curl -sS --fail-with-body "$url/api/chat/messages?limit=10"
echo

# Cuts the stream off after two seconds, as a network may; curl's 28 says that.
prices() {
  curl -sSN --max-time 2 "$@" "$url/stream" || [ $? -eq 28 ]
}

echo "-- prices"
first=$(prices)
echo "$first"
id=$(echo "$first" | sed -n 's/^id: //p' | tail -n 1)

echo "-- prices after $id"
prices -H "Last-Event-ID: $id"
