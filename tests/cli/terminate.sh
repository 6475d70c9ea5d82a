# SIGTERM: the same, with its own exit status.
signalled TERM --default-signal=TERM
