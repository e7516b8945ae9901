"""A worker that calls its parent."""

from back_desk import Back

if __name__ == "__main__":
    Back().run()
