# Ctrl-C: what runs is finished, the rest is cancelled, the reports are whole, the shell sees it.
signalled INT --default-signal=INT
