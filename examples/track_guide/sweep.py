"""Nine runs over a 3 × 3 grid; group them by learning_rate or batch_size in the sidebar."""

import math

import trackio

for learning_rate in (0.001, 0.01, 0.1):
    for batch_size in (16, 32, 64):
        trackio.init(
            project="sweep",
            name=f"lr{learning_rate}-bs{batch_size}",
            config={"learning_rate": learning_rate, "batch_size": batch_size},
        )
        for step in range(50):
            loss = math.exp(-step * learning_rate) + 1 / batch_size
            trackio.log({"train/loss": loss, "train/accuracy": 1 - loss / 2})
        trackio.finish()
