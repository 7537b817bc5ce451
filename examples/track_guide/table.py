"""A table of completions beside a scalar.

Embed just these two with /?project=log-table&metrics=loss,text&sidebar=hidden.
"""

import pandas as pd

import trackio

df = pd.DataFrame(
    {
        "prompt": ["Trackio is", "Logging is"],
        "completion": ["a dashboard that keeps up.", "never in the way."],
        "reward": [0.12, 0.97],
    }
)

trackio.init(project="log-table")
trackio.log({"loss": 0.05, "text": trackio.Table(dataframe=df)})
trackio.finish()
