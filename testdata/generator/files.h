/* The files of testdata/, folder by folder. What each is for stands in testdata/README.md. */
#ifndef TESTDATA_FILES_H
#define TESTDATA_FILES_H

#include "sink.h"

void make_photos(sink *to);
void make_orientation(sink *to);
void make_formats(sink *to);
void make_tiny(sink *to);
void make_broken(sink *to);

#endif
