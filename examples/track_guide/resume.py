"""resume="must" continues a run, "allow" continues or makes one, "never" (the default) makes one."""

import trackio

trackio.init(project="resuming", name="my_run")
for loss in (0.9, 0.8, 0.7):
    trackio.log({"loss": loss})
trackio.finish()

trackio.init(project="resuming", name="my_run", resume="must")
trackio.log({"loss": 0.6})
trackio.finish()

trackio.init(project="resuming", name="my_run", resume="allow")
trackio.log({"loss": 0.5})
trackio.finish()

trackio.init(project="resuming", name="another_run", resume="allow")
trackio.log({"loss": 0.4})
trackio.finish()

trackio.init(project="resuming", name="my_run")
trackio.log({"loss": 0.3})
trackio.finish()

try:
    trackio.init(project="resuming", name="no_such_run", resume="must")
except ValueError as error:
    print(error)
else:
    raise SystemExit("a run that does not exist was resumed")
