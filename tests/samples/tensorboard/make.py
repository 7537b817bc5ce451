"""Wrote the files here: `make.py older` with tensorboardX and Pillow, `make.py newer` with tensorboard."""

import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
START = 1_700_000_000


def older():
    from tensorboardX import SummaryWriter

    writer = SummaryWriter(str(HERE / "older" / "train"))
    for step in range(5):
        writer.add_scalar("loss/train", 1 / (step + 1), step, walltime=START + step)
        writer.add_scalar("lr", float("nan") if step == 3 else step / 8, step * 2, walltime=START + step + 0.5)
    writer.add_text("note", "# hello *you*", 1, walltime=START + 9)
    writer.add_image("picture", np.full((3, 4, 6), 200, np.uint8), 2, walltime=START + 10)
    writer.add_histogram("weights", np.arange(10.0), 0, walltime=START + 11)
    writer.add_hparams({"lr": 0.1, "opt": "adam", "n": 3, "amp": True}, {"hp/acc": 0.5}, name="trial", global_step=0)
    writer.close()
    writer = SummaryWriter(str(HERE / "older" / "eval"))
    writer.add_scalar("loss/eval", float("inf"), -1, walltime=START)
    writer.close()


def newer():
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.plugins.scalar.summary_v2 import scalar_pb
    from tensorboard.plugins.text.summary_v2 import text_pb
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    writer = EventFileWriter(str(HERE / "newer"))
    for step in range(3):
        summary = scalar_pb("loss", step / 4)
        if step:
            summary.value[0].ClearField("metadata")
        writer.add_event(Event(step=step, wall_time=START + step, summary=summary))
    writer.add_event(Event(step=1, wall_time=START + 9, summary=text_pb("note", "hello")))
    writer.close()


{"older": older, "newer": newer}[sys.argv[1]]()
