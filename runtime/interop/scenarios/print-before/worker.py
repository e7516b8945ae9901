"""What a worker's libraries may print before it is up."""

import asyncio

import desk

if __name__ == "__main__":
    print("loading the model", end="", flush=True)
    asyncio.run(desk.serve())
