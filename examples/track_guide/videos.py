"""Videos from an array, from a batch that is tiled into a grid, and from a file."""

import tempfile
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

import trackio

rng = np.random.default_rng(0)


def write_clip(path: Path) -> None:
    with av.open(str(path), "w") as clip:
        stream = clip.add_stream("libx264", rate=Fraction(15))
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for shade in range(0, 250, 10):
            frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), shade, np.uint8), format="rgb24")
            clip.mux(stream.encode(frame))
        clip.mux(stream.encode())


trackio.init(project="videos")

frames = rng.integers(0, 256, (10, 3, 64, 64), dtype=np.uint8)
trackio.log({"video": trackio.Video(frames, caption="noise, 30 fps", fps=30)})

batch = rng.integers(0, 256, (3, 10, 3, 64, 64), dtype=np.uint8)
trackio.log({"batch": trackio.Video(batch, caption="three clips in a grid, 15 fps", fps=15)})

with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "clip.mp4"
    write_clip(path)
    trackio.log({"file": trackio.Video(str(path), caption="from a file")})

trackio.finish()
