"""Google's Python client publishes ordered batches of 60 kB, and gets them back in order.

The server is at PUBSUB_EMULATOR_HOST.
"""

import sys
import threading

from google.cloud import pubsub_v1
from google.pubsub_v1.types import PushConfig

COUNT = 20
SECONDS = 25

publisher = pubsub_v1.PublisherClient(
    publisher_options=pubsub_v1.types.PublisherOptions(enable_message_ordering=True)
)
subscriber = pubsub_v1.SubscriberClient()
topic = publisher.topic_path("clients", "python-ordered")
subscription = subscriber.subscription_path("clients", "python-ordered")
publisher.create_topic(name=topic)
subscriber.create_subscription(
    request={
        "name": subscription,
        "topic": topic,
        "push_config": PushConfig(),
        "enable_message_ordering": True,
    }
)

futures = [
    publisher.publish(topic, b"x" * 60_000, ordering_key="key", number=str(number))
    for number in range(COUNT)
]
for future in futures:
    future.result(timeout=SECONDS)
print(f"published {COUNT} messages of 60 kB under one key")

numbers = []
complete = threading.Event()


def receive(message):
    numbers.append(int(message.attributes["number"]))
    message.ack()
    if len(numbers) == COUNT:
        complete.set()


pulling = subscriber.subscribe(subscription, callback=receive)
complete.wait(SECONDS)
pulling.cancel()
print(f"received {numbers}")
sys.exit(0 if numbers == list(range(COUNT)) else 1)
