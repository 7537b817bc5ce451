"""Images from a file, a NumPy array and a PIL image, each with a caption."""

import tempfile
from pathlib import Path

import numpy as np
from PIL import Image as PILImage

import trackio

gradient = np.linspace(0, 255, 64, dtype=np.uint8)
array = np.stack(
    [np.tile(gradient, (64, 1)), np.tile(gradient[:, None], (1, 64)), np.full((64, 64), 96, np.uint8)], axis=-1
)

trackio.init(project="images")
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "picture.png"
    PILImage.fromarray(array[::-1]).save(path)
    trackio.log({"from_path": trackio.Image(str(path), caption="from a file")})
trackio.log({"from_array": trackio.Image(array, caption="from a NumPy array")})
trackio.log({"from_pil": trackio.Image(PILImage.fromarray(array[:, ::-1]), caption="from a PIL image")})
trackio.finish()
