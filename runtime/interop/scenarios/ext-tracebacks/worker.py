"""A worker that calls its parent, and asks it for tracebacks where it is told to."""

import os

from back_desk import Back

if __name__ == "__main__":
    Back().run(tracebacks="ASKS" in os.environ)
