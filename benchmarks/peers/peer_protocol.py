"""What every Python peer of the benchmark shares: a conversation of JSON lines with the process that started it.

On start a peer says `{"version", "device"}` or `{"missing": why}`. Then each line asked is answered by one line:
`{"op": "load", "file"}`, `{"op": "values", "variant", "steps"}` and `{"op": "time", "variant", "milliseconds"}`.
"""

import json
import os
import sys
import time

MOST_STEPS = 20_000


def use_threads(count):
    """Keeps the process on `count` cores, before any library has started its threads; 0 leaves it alone."""
    if count > 0 and hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, set(cores[:count]))


def read_case(path):
    """The specification of a case and its arrays by name, as numpy arrays."""
    import numpy

    with open(path, encoding="utf-8") as file:
        case = json.load(file)
    with open(case["data"], "rb") as file:
        data = file.read()
    arrays = {}
    for entry in case["arrays"]:
        size = 1
        for side in entry["shape"]:
            size *= side
        values = numpy.frombuffer(data, dtype=entry["dtype"], count=size, offset=entry["offset"])
        arrays[entry["name"]] = values.reshape(entry["shape"]).copy()
    return case, arrays


def timed(workload, milliseconds):
    """Milliseconds a step, one number for each block of steps that lasts some milliseconds, after a warm-up.

    The length of a block follows what its steps take, so that one mishap does not stretch all that follow.
    """
    clock = time.perf_counter
    block, steps = 1, 0

    def run_block():
        nonlocal block, steps
        start = clock()
        workload.run(block)
        elapsed = (clock() - start) * 1000
        each = elapsed / block
        steps += block
        if elapsed < 1:
            block *= 2
        elif elapsed > 4:
            block = max(1, block // 2)
        return each

    workload.reset()
    warm = clock() + milliseconds / 5000
    run_block()
    while clock() < warm:
        run_block()
    end = clock() + milliseconds / 1000
    times = []
    while len(times) < 2 or (clock() < end and steps < MOST_STEPS):
        times.append(run_block())
    return times


def serve(hello, load):
    """Answers until the input ends. `load(case, arrays)` gives workloads by variant: reset(), values(steps), run(steps)."""
    answer(hello)
    workloads = {}
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            if asked["op"] == "load":
                workloads = load(*read_case(asked["file"]))
                answer({"variants": list(workloads)})
            elif asked["op"] == "values":
                workload = workloads[asked["variant"]]
                workload.reset()
                answer({"values": workload.values(asked["steps"])})
            else:
                answer({"times": timed(workloads[asked["variant"]], asked["milliseconds"])})
        except Exception as error:  # the benchmark reports what a peer cannot do and goes on
            answer({"failed": f"{type(error).__name__}: {error}".splitlines()[0]})


def answer(message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def sample_of(product):
    """What products are compared by: four of their elements."""
    rows, columns = product.shape
    return [float(product[row, column]) for row in (0, rows - 1) for column in (0, columns - 1)]
