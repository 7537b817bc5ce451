"""A video of the wrong dtype, rank or channel count is refused with what was given and what is accepted."""

import numpy as np

import trackio

for wrong in (
    np.zeros((10, 3, 64, 64), dtype=np.float32),
    np.zeros((64, 64), dtype=np.uint8),
    np.zeros((10, 7, 64, 64), dtype=np.uint8),
):
    try:
        trackio.Video(wrong, fps=30)
    except ValueError as error:
        print(error)
    else:
        raise SystemExit(f"{wrong.dtype} {wrong.shape} was accepted")
