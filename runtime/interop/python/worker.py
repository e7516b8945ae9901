"""The worker of the scenarios that have none of their own."""

import asyncio

import desk

if __name__ == "__main__":
    asyncio.run(desk.serve())
