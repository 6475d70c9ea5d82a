/* What the files of a scene share. */
#ifndef TESTS_FAULTS_SCENE_PRIVATE_H
#define TESTS_FAULTS_SCENE_PRIVATE_H

#include "faults/scene.h"

enum { SCENE_MAX_OUTPUTS = 32, SCENE_MTIME = 1000000000 };

typedef struct scene_file {
    char *data; /* NULL: there is none */
    size_t size;
} scene_file;

typedef struct scene_input {
    const char *from, *to; /* below the test data; below the scene */
} scene_input;

typedef struct scene_output {
    char *path, *input;
    scene_file whole, old; /* as the undisturbed run makes it; as it stands before */
} scene_output;

extern const scene_input scene_inputs[SCENE_INPUTS];
extern scene_output scene_outputs[SCENE_MAX_OUTPUTS];
extern size_t scene_output_count;

scene_file scene_read(const char *path);
bool scene_same(scene_file one, scene_file other);

/* Whether both are JPEG, PNG or GIF that another decoder reads, and look the same. */
bool scene_same_picture(scene_file one, scene_file other);

/* Every file below a folder, to `visit`. */
void scene_walk(const char *path, void (*visit)(const char *path));

#endif
