"""Writes ticks into the topic market-ticks. Arguments: brokers, symbol, how many ticks (else for ever)."""

import itertools
import json
import random
import sys
import time

from kafka import KafkaProducer

brokers = (sys.argv[1] if len(sys.argv) > 1 else "localhost:9092").split(",")
symbol = sys.argv[2] if len(sys.argv) > 2 else "GOLD-USD"
count = int(sys.argv[3]) if len(sys.argv) > 3 else None

producer = KafkaProducer(
    bootstrap_servers=brokers,
    # The key chooses the partition (murmur2, as Kafka's own clients do), and in it ticks keep their order.
    key_serializer=str.encode,
    value_serializer=lambda tick: json.dumps(tick, allow_nan=False).encode(),
    # A batch that is sent again comes once, and does not overtake the next.
    enable_idempotence=True,
    acks="all",
)

first = price = 2000.0
for _ in range(count) if count is not None else itertools.count():
    price = round(price * (1 + random.gauss(0, 0.0005)), 2)
    tick = {
        "symbol": symbol,
        "price": price,
        "size": round(random.uniform(0.1, 5), 3),
        "side": random.choice(["buy", "sell"]),
        "change": round((price / first - 1) * 100, 2),
        "time": time.time_ns() // 1_000_000,
    }
    written = producer.send("market-ticks", key=symbol, value=tick).get(timeout=30)
    print(f"partition {written.partition} offset {written.offset}: {symbol} {price}", flush=True)
    time.sleep(0.1)
producer.close()
