"""A worker that calls its parent, with the extensions that the parent tells it to offer."""

import os

from back_desk import Back

if __name__ == "__main__":
    Back().run(extensions=[name for name in os.environ["OFFERS"].split(",") if name])
