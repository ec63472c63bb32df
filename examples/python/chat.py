"""Chat over STOMP on a WebSocket. Arguments: the server, what to say."""

import json
import sys
import threading
from urllib.parse import urlsplit

import stomp

server = urlsplit(sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8080")
text = sys.argv[2] if len(sys.argv) > 2 else "hello from Python"
ended = threading.Event()


class Chat(stomp.ConnectionListener):
    def on_message(self, frame):
        event = json.loads(frame.body)
        if event.get("kind") == "message":
            print(f"{event['sender']}: {event['content']}", flush=True)
        elif event.get("kind") == "deleted":
            print(f"message {event['target']} was deleted", flush=True)
        else:
            print(f"not taken: {event}", flush=True)

    def on_error(self, frame):
        print(f"refused: {frame.headers.get('message')}", file=sys.stderr)

    def on_receipt(self, frame):
        print(f"stored: {frame.headers['receipt-id']}", flush=True)

    def on_disconnected(self):
        ended.set()


connection = stomp.WSStompConnection([(server.hostname, server.port or 80)], ws_path="/ws-endpoint", vhost=server.hostname)
connection.set_listener("", Chat())
connection.connect(username="Python", wait=True)
connection.subscribe("/user/queue/errors", id="errors")
# From the first message on; `after` is the seq of the last one that is known.
connection.subscribe("/topic/chat", id="sub-0", headers={"after": "0"})
connection.send("/app/chat", json.dumps({"content": text}), content_type="application/json", receipt="hello")
ended.wait()
