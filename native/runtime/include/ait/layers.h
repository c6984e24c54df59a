#ifndef AIT_LAYERS_H
#define AIT_LAYERS_H

#include "ait/model.h"

/*
 * One inference that writes the result of every layer to a .npz file, by tensor name and in the model's own axis
 * order, whatever layout the kernels use. Returns the program's exit code.
 */
int ait_layers_write(const struct ait_model_api *api, void *model, const void *const *inputs, void *const *outputs,
                     const char *path);

#endif
