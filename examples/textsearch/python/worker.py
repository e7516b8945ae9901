"""The worker: a parent starts it."""

import sys

from librarian import Librarian

worker = Librarian()
worker.run()
counts = worker.counts
print(f"worker: {counts.frames_read} frames read, {counts.frames_written} frames written", file=sys.stderr)
