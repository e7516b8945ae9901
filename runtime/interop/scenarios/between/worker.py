"""A worker with both services."""

from back_desk import Back
from desk import Desk

if __name__ == "__main__":
    Desk().run(Back())
