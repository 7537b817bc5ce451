"""Runs of one kind share a group; the sidebar folds them together."""

import trackio

for group in ("baseline", "augmented", "tuned"):
    for seed in range(2):
        trackio.init(project="grouped", name=f"{group}-{seed}", group=group, config={"seed": seed})
        for step in range(20):
            trackio.log({"loss": 1 / (step + 1 + seed)})
        trackio.finish()
