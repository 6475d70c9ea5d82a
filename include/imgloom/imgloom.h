/* Includes the whole public API. */
#ifndef IMGLOOM_IMGLOOM_H
#define IMGLOOM_IMGLOOM_H

#include <imgloom/attempt.h>
#include <imgloom/batch.h>
#include <imgloom/engine.h>
#include <imgloom/error.h>
#include <imgloom/format.h>
#include <imgloom/outcome.h>
#include <imgloom/parse.h>
#include <imgloom/plan.h>
#include <imgloom/process.h>
#include <imgloom/quarantine.h>
#include <imgloom/reader.h>
#include <imgloom/recipe.h>
#include <imgloom/report.h>
#include <imgloom/request.h>
#include <imgloom/scan.h>
#include <imgloom/service.h>
#include <imgloom/settings.h>
#include <imgloom/shards.h>
#include <imgloom/state.h>
#include <imgloom/stop.h>
#include <imgloom/task.h>
#include <imgloom/version.h>

#endif
