#include "server/pages/app.h"

#include "server/catalog/catalog.h"

namespace khaosat {

Design App::design() const { return {locales, templates, assets, &catalog.recordings()}; }

}  // namespace khaosat
