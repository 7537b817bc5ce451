"""Trains small neural networks on scikit-learn's handwritten digits, several at once, and logs everything.

Each configuration trains in a process of its own: scalars at every batch, images of the first layer's weights and of
the mistakes at every few epochs, a video of the weights as they form, and a table of predictions. The dashboard
opens on the first run and follows all of them live.
"""

from __future__ import annotations

import argparse
import itertools
import subprocess
import sys

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

import trackio

PROJECT = "digits"
#: hidden units × learning rate: one process each.
GRID = list(itertools.product((16, 64), (0.0005, 0.003, 0.02)))
CLASSES = np.arange(10)


def data() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return training images, test images (n, 64) in [0, 1], training labels and test labels (n,)."""
    digits = load_digits()
    parts = train_test_split(digits.data / 16.0, digits.target, test_size=0.25, random_state=0, stratify=digits.target)
    return tuple(parts)


def grey(pixels: np.ndarray, scale: int) -> np.ndarray:
    """Return (64,) values as a uint8 image (8·scale, 8·scale), from the smallest value (black) to the largest."""
    low, high = pixels.min(), pixels.max()
    image = ((pixels - low) / (high - low + 1e-9) * 255).astype(np.uint8).reshape(8, 8)
    return image.repeat(scale, 0).repeat(scale, 1)


def weights(model: MLPClassifier) -> np.ndarray:
    """Return the weights of 16 hidden units as one uint8 image (132, 132, 3), 4 × 4 tiles."""
    sheet = np.full((4 * 33, 4 * 33), 24, np.uint8)
    for unit in range(16):
        top, left = unit // 4 * 33, unit % 4 * 33
        sheet[top : top + 32, left : left + 32] = grey(model.coefs_[0][:, unit], 4)
    return np.stack([sheet] * 3, axis=-1)


def log_loss(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Return the mean negative log likelihood of `labels` (n,) under `probabilities` (n, 10)."""
    return float(-np.log(probabilities[np.arange(len(labels)), labels] + 1e-12).mean())


def mistakes(images: np.ndarray, labels: np.ndarray, guesses: np.ndarray) -> list[trackio.Image]:
    """Return up to six test digits that the model reads wrongly, each with what it is and what it was read as."""
    wrong = np.flatnonzero(labels != guesses)[:6]
    return [trackio.Image(grey(images[i], 8), caption=f"{labels[i]} read as {guesses[i]}") for i in wrong]


def predictions(images: np.ndarray, labels: np.ndarray, probabilities: np.ndarray) -> trackio.Table:
    """Return a table of the 40 least certain test digits, with their picture."""
    order = np.argsort(probabilities.max(1))[:40]
    rows = [
        [
            trackio.Image(grey(images[i], 4)),
            int(labels[i]),
            int(probabilities[i].argmax()),
            round(float(probabilities[i].max()), 4),
            bool(labels[i] == probabilities[i].argmax()),
        ]
        for i in order
    ]
    return trackio.Table(columns=["digit", "label", "prediction", "confidence", "correct"], data=rows)


def train(hidden: int, learning_rate: float, epochs: int) -> None:
    """Train one network and log it as one run."""
    train_x, test_x, train_y, test_y = data()
    config = {"hidden": hidden, "learning_rate": learning_rate, "batch_size": 32, "epochs": epochs, "optimizer": "adam"}
    trackio.init(
        project=PROJECT, name=f"mlp-{hidden}-lr{learning_rate:g}", group=f"{hidden} hidden units", config=config
    )
    model = MLPClassifier((hidden,), learning_rate_init=learning_rate, random_state=0)
    rng = np.random.default_rng(0)
    film = []
    for epoch in range(epochs):
        order = rng.permutation(len(train_x))
        for start in range(0, len(order), 32):
            rows = order[start : start + 32]
            model.partial_fit(train_x[rows], train_y[rows], classes=CLASSES)
            trackio.log({"train/loss": model.loss_, "epoch": epoch + start / len(order)})
        film.append(weights(model).transpose(2, 0, 1))
        probabilities = model.predict_proba(test_x)
        guesses = probabilities.argmax(1)
        summary = {
            "val/loss": log_loss(probabilities, test_y),
            "val/accuracy": float((guesses == test_y).mean()),
            "train/accuracy": model.score(train_x, train_y),
            "weights/norm": float(np.linalg.norm(model.coefs_[0])),
        }
        if epoch % 5 == 4 or epoch == epochs - 1:
            summary["weights/first_layer"] = trackio.Image(weights(model), caption=f"after epoch {epoch + 1}")
            summary["val/mistakes"] = mistakes(test_x, test_y, guesses)
        trackio.log(summary)
    trackio.log({"weights/film": trackio.Video(np.stack(film), caption="the first layer, epoch by epoch", fps=8)})
    trackio.log({"val/predictions": predictions(test_x, test_y, probabilities)})
    trackio.finish()


def main() -> None:
    """Open the dashboard and train every configuration at the same time; with --only, train just one, here."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=25)
    parser.add_argument("--only", type=int, metavar="N", help="train configuration N alone, without the dashboard")
    parser.add_argument("--no-browser", action="store_true", help="print the dashboard's address, open nothing")
    arguments = parser.parse_args()
    if arguments.only is not None:
        train(*GRID[arguments.only], arguments.epochs)
        return
    trackio.show(project=PROJECT, open_browser=not arguments.no_browser, block_thread=False)
    command = [sys.executable, __file__, "--epochs", str(arguments.epochs), "--only"]
    processes = [subprocess.Popen([*command, str(number)]) for number in range(len(GRID))]
    failed = [process.args for process in processes if process.wait() != 0]
    if failed:
        raise SystemExit(f"{len(failed)} of {len(processes)} trainings failed")
    trackio.show(project=PROJECT, open_browser=False, block_thread=False)


if __name__ == "__main__":
    main()
