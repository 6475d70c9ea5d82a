#include "engine/diagnose.h"

#include "engine/convert.h"
#include "isolation/proxy.h"
#include <stdlib.h>

/* Whether the words of the error depend on libvips' text, which only a worker can tell. */
static bool wants_words(const loom_outcome *outcome)
{
    const loom_status code = outcome->error.code;

    return code == LOOM_ERR_CORRUPT || code == LOOM_ERR_TRUNCATED ||
           (code == LOOM_ERR_UNSUPPORTED && outcome->error.stage == LOOM_STAGE_ENCODE);
}

/* Whether what a worker made of an image says more than our error does. */
static bool knows_better(const loom_outcome *asked)
{
    const loom_status code = asked->error.code;

    return asked->result != LOOM_RESULT_ERROR || wants_words(asked) ||
           code == LOOM_ERR_OUT_OF_MEMORY || code == LOOM_ERR_TOO_LARGE || code == LOOM_ERR_IO;
}

/*
 * Takes over what a worker made of an image that failed here. It may have made a picture of it: in
 * this process libvips also fails where the system lacks a thread, and cannot tell.
 */
static void adopt(loom_outcome *outcome, loom_encoded *encoded, loom_outcome *asked,
                  loom_encoded *made)
{
    if (!wants_words(outcome) || !knows_better(asked))
        return;
    loom_outcome_release(outcome);
    free(encoded->data);
    *outcome = *asked;
    *encoded = *made;
    loom_outcome_init(asked);
    *made = (loom_encoded){0};
}

/* Damage that libvips has seen may be the same lack of room that no worker could be started for. */
static void doubt(loom_outcome *outcome, const loom_error *why)
{
    const bool exact = outcome->lane != NULL && loom_lane_is_trusted(outcome->lane);

    if (outcome->error.code != LOOM_ERR_CORRUPT || exact ||
        (why->code != LOOM_ERR_IO && why->code != LOOM_ERR_OUT_OF_MEMORY))
        return;
    const loom_stage stage = outcome->error.stage;
    loom_error_clear(&outcome->error);
    (void)loom_error_set(&outcome->error, why->code, stage,
                         "the image could not be decoded, and no worker process asked why: %s",
                         why->message);
}

void loom_diagnose(loom_workers *workers, const loom_job *job, loom_input_file *file,
                   loom_outcome *outcomes, loom_encoded *encoded)
{
    loom_outcome asked[LOOM_SIZES_MAX];
    loom_encoded made[LOOM_SIZES_MAX] = {{0}};
    loom_error why = LOOM_ERROR_INIT;
    loom_job again = *job;
    bool any = false;

    for (size_t i = 0; i < job->count; i++)
        any = any || wants_words(&outcomes[i]);
    if (!any || workers == NULL)
        return;
    again.admission = NULL; /* it has its memory */
    for (size_t i = 0; i < job->count; i++)
        loom_outcome_init(&asked[i]);
    loom_status status = loom_input_share(file, &why);
    if (status == LOOM_OK)
        status = loom_worker_convert(workers, &again, file, asked, made, &why);
    for (size_t i = 0; i < job->count; i++) {
        if (status == LOOM_OK)
            adopt(&outcomes[i], &encoded[i], &asked[i], &made[i]);
        else
            doubt(&outcomes[i], &why);
        free(made[i].data);
        loom_outcome_release(&asked[i]);
    }
}
