"""The options of both sides."""

LIMITS = [
    # 10 MB and some more; the default is 4 MB.
    ("grpc.max_receive_message_length", 16 * 1024 * 1024),
    ("grpc.max_send_message_length", 16 * 1024 * 1024),
]
