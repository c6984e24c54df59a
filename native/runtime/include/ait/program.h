#ifndef AIT_PROGRAM_H
#define AIT_PROGRAM_H

#include "ait/model.h"

/*
 * The command line program of any model. `default_weights` is a path relative to the folder of the executable, or
 * NULL when the weights are embedded. Returns the exit code: 0, 1 a failed run, 2 bad usage or input.
 */
int ait_program_main(const struct ait_model_api *api, const char *default_weights, int argc, char **argv);

#endif
