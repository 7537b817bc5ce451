"""A project is made by the first run in it, and simply continued by the next."""

import trackio

trackio.init(project="my_project")
trackio.log({"loss": 0.5})
trackio.finish()

trackio.init(project="my_project", name="my_first_run")
trackio.log({"loss": 0.4})
trackio.finish()
