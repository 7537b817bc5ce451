"""The step counts by itself; one call may hold several metrics."""

import trackio

trackio.init(project="scalars")
trackio.log({"loss": 0.05})
trackio.log({"loss": 0.04, "accuracy": 0.91, "learning_rate": 3e-4})
trackio.log({"loss": 0.03, "accuracy": 0.94, "learning_rate": 3e-4})
trackio.finish()
