/*
 * SIGINT and SIGTERM: the first asks the batch to stop, the second cancels what runs. SIGUSR1 asks
 * how far it is.
 */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

#include <imgloom/batch.h>

/*
 * From now on SIGINT and SIGTERM request the stop that is returned, which lives as long as the
 * program; NULL: out of memory. A signal that the caller had ignored (nohup, a shell's background
 * job) stays so. A call that waits for input ends with EINTR, until cli_signals_restart_calls.
 * Once.
 */
loom_stop *cli_signals_watch(void);

/* From now on a call that a signal came into goes on. */
void cli_signals_restart_calls(void);

/* Whether SIGUSR1 has come since the last call. */
bool cli_signals_status_wanted(void);

/*
 * Ends the program by the first signal that came, so that its parent sees it. Returns the exit
 * status: `status` where none came; 128 and the signal's number, as a shell tells it, where the
 * signal does not end the program, since it is the first process of a container.
 */
int cli_signals_raise(int status);

#endif
