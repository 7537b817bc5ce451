"""Readers of what other tools recorded: each file knows one tool and yields its runs as `past.Past`."""
