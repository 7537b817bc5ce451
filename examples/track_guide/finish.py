"""finish() marks the run finished once all its data is handed over."""

import trackio

trackio.init(project="finishing", name="short")
for step in range(100):
    trackio.log({"loss": 1 / (step + 1)})
trackio.finish()
