"""Prices over Server-Sent Events, with nothing but the standard library. Argument: the server."""

import json
import sys
import time
from urllib.request import Request, urlopen

server = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8080"
last_id = None
retry = 1.0

while True:
    try:
        # The id of the last event says from where to go on: nothing is missed, nothing comes twice.
        headers = {"Last-Event-ID": last_id} if last_id else {}
        with urlopen(Request(f"{server}/stream", headers=headers), timeout=60) as stream:
            event = {}
            for line in stream:
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name == "retry":
                    retry = int(value) / 1000
                elif name:
                    event[name] = value
                    last_id = event.get("id", last_id)
                else:
                    data = json.loads(event.get("data", "{}"))
                    ticks = data.get("ticks", [data] if "symbol" in data else [])
                    for tick in ticks:
                        print(f"{tick['symbol']} {tick['price']}", flush=True)
                    event = {}
    except OSError as error:
        print(f"{error}; again in {retry} s", file=sys.stderr)
    time.sleep(retry)
