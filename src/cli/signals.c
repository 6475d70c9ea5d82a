#include "cli/signals.h"

#include <errno.h>
#include <glib.h>
#include <signal.h>

enum { SHELL_SIGNAL = 128 }; /* what shells add to a signal's number to tell of it */

static const int watched[] = {SIGINT, SIGTERM};

/* Set before the handlers are installed, then only read. */
static loom_stop *stop_to_request;
static volatile sig_atomic_t first_signal;
static volatile sig_atomic_t status_wanted;

static void on_signal(int number)
{
    int saved = errno;

    if (first_signal == 0)
        first_signal = number;
    loom_stop_request(stop_to_request);
    errno = saved;
}

static void on_status_signal(int number)
{
    (void)number;
    status_wanted = 1;
}

static void install(int flags)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = flags}, before;

    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < G_N_ELEMENTS(watched); i++)
        sigaddset(&action.sa_mask, watched[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(watched); i++)
        if (sigaction(watched[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(watched[i], &action, NULL);
}

loom_stop *cli_signals_watch(void)
{
    stop_to_request = loom_stop_create();
    if (stop_to_request != NULL) {
        const struct sigaction status = {.sa_handler = on_status_signal, .sa_flags = SA_RESTART};
        install(0);
        sigaction(SIGUSR1, &status, NULL);
    }
    return stop_to_request;
}

bool cli_signals_status_wanted(void)
{
    const bool wanted = status_wanted != 0;

    status_wanted = 0;
    return wanted;
}

void cli_signals_restart_calls(void)
{
    install(SA_RESTART);
}

int cli_signals_raise(int status)
{
    const int number = first_signal;

    if (number == 0)
        return status;
    signal(number, SIG_DFL);
    raise(number);
    return SHELL_SIGNAL + number;
}
