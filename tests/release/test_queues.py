"""Places are given in turns of clients, and nobody waits without an end."""

import asyncio

import pytest

from bc_inventory.release.service.queues import BusyError, Deadline, FairQueue


def test_a_client_with_one_question_waits_for_one_of_another():
    async def main():
        queue, order = FairQueue(1, 100, 50), []

        async def ask(client, name):
            async with queue.place(client, Deadline(10)):
                order.append(name)
                await asyncio.sleep(0)

        async with queue.place("many", Deadline(10)):
            tasks = [asyncio.create_task(ask("many", number)) for number in range(5)]
            await asyncio.sleep(0)
            tasks.append(asyncio.create_task(ask("one", "other")))
            await asyncio.sleep(0)
        await asyncio.gather(*tasks)
        assert len(queue) == 0
        return order

    assert asyncio.run(main()) == [0, "other", 1, 2, 3, 4]


@pytest.mark.parametrize(("waiting", "each", "refused"), [(3, 9, 6), (9, 2, 7), (99, 99, 0)])
def test_the_queue_has_a_bound(waiting, each, refused):
    async def main():
        queue = FairQueue(1, waiting, each)
        leave = asyncio.Event()

        async def ask():
            async with queue.place("a", Deadline(10)):
                await leave.wait()

        tasks = [asyncio.create_task(ask()) for _ in range(10)]
        while sum(task.done() for task in tasks) < refused:
            await asyncio.sleep(0)
        leave.set()
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        return sum(isinstance(answer, BusyError) for answer in answers)

    assert asyncio.run(main()) == refused


def test_time_counts_from_the_request_and_what_gives_up_takes_no_place():
    async def main():
        queue = FairQueue(1, 10, 10)
        async with queue.place("a", Deadline(10)):
            with pytest.raises(BusyError):
                async with queue.place("b", Deadline(0.01)):
                    pass
            cancelled = asyncio.create_task(queue.place("c", Deadline(10)).__aenter__())
            await asyncio.sleep(0)
            assert len(queue) == 1
            cancelled.cancel()
            with pytest.raises(asyncio.CancelledError):
                await cancelled
            assert len(queue) == 0
        assert queue.acquire_now()
        assert not queue.acquire_now()

    asyncio.run(main())
